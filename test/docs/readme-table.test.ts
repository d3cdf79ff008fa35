import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { activities, events } from '../../shared/contracts/catalogue.js';
import { stepNames } from '../../shared/domain/incident/incident.js';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const activityFiles = readdirSync(path.join(root, 'functions/activities'), { recursive: true }).map(
  (file) => path.basename(String(file)),
);

interface Row {
  readonly number: number;
  readonly file: string;
  readonly activity: string;
  readonly event: string | null;
}

/** Rows like `| 1. Title | [`file.ts`](path) | `activity` | `event` or – |`. */
const rows: readonly Row[] = [
  ...read('README.md').matchAll(
    /^\| (\d)\. [^|]+ \| \[`[^`]+`\]\(([^)]+)\) \| `(\w+)` \| (?:`(\w+)`|–) \|$/gm,
  ),
].map(([, number, file = '', activity = '', event]) => ({
  number: Number(number),
  file,
  activity,
  event: event ?? null,
}));

/** A step and the file that holds what it calls. */
const callers: Readonly<Record<string, string>> = {
  queryAuditLogs: 'orchestrations/sweep-audit-logs.ts',
  runScopedPreview: 'orchestrations/draw-plan.ts',
  executeRecovery: 'orchestrations/execute-waves.ts',
  verifyRecovery: 'orchestrations/verify-objects.ts',
};

describe('the table of the seven steps in the README', () => {
  it('has one row per step, in the order of the playbook', () => {
    expect(rows.map(({ number }) => number)).toEqual(stepNames.map((_, index) => index + 1));

    const playbook = read('orchestrations/respond-to-incident.ts');
    const called = rows.map(({ file }) => {
      const step = path
        .basename(file, '.ts')
        .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return playbook.indexOf(`yield* ${step}(`);
    });
    expect(called.every((position) => position > 0)).toBe(true);
    expect(called).toEqual(called.toSorted((one, other) => one - other));
  });

  it.each(rows)(
    'step $number: $activity is in the catalogue, has its file and is called by the step',
    (row) => {
      const kebab = row.activity.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

      expect(Object.keys(activities)).toContain(row.activity);
      expect(activityFiles).toContain(`${kebab}.ts`);
      expect(existsSync(path.join(root, row.file))).toBe(true);
      expect(read(callers[row.activity] ?? row.file)).toContain(row.activity);
    },
  );

  it.each(rows.filter(({ event }) => event !== null))(
    'step $number: the event $event is in the catalogue and waited for by the step',
    ({ file, event }) => {
      expect(Object.keys(events)).toContain(event);
      expect(read(file)).toContain(`'${event ?? ''}'`);
    },
  );

  it('names only registered activities: each handler of the table is registered under its name', () => {
    const index = read('functions/activities/index.ts');

    for (const { activity } of rows) expect(index).toMatch(new RegExp(String.raw`\b${activity}\b`));
  });
});

describe('the documents', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'docs/playbook.md',
    'docs/architecture.md',
    'docs/operations.md',
    'docs/policy.md',
  ];

  it.each(documents)('%s links only to what is there', (document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
      ([, link = '']) => link,
    );
    const missing = links.filter(
      (link) => !existsSync(path.resolve(root, path.dirname(document), link)),
    );

    expect(missing).toEqual([]);
  });

  it('the permission table names only activities that exist', () => {
    const named = [
      ...read('docs/operations.md').matchAll(/^\| `[A-Z]\w+\.[^|]+\| (.*?) \|/gm),
    ].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));

    const unknown = named.filter((name) => !Object.hasOwn(activities, name));
    expect(unknown).toEqual([]);
    expect(named.length).toBeGreaterThan(15);
  });

  it('the table of dependencies names every run-time package with its version', () => {
    const { dependencies } = JSON.parse(read('package.json')) as {
      dependencies: Record<string, string>;
    };
    const decision = read('docs/decisions/0001-dependencies.md');
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { version: string }>;
    };

    for (const name of Object.keys(dependencies)) {
      const { version } = lock.packages[`node_modules/${name}`] ?? { version: '?' };
      expect(decision).toContain(`| \`${name}\` ${version} |`);
    }
  });
});
