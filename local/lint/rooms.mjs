/**
 * Who may import what (docs/architecture.md, Rooms): for each room our own rooms it may use, the
 * packages it may use, and what to do instead of anything else. A room named by a file is that file.
 */
const pure = { packages: [], node: false };
const rooms = {
  'shared/domain': {
    ...pure,
    uses: ['shared/errors.ts'],
    instead:
      'The domain decides on values alone: let the caller fetch, parse or hash, and pass the result in.',
  },
  'shared/errors.ts': {
    ...pure,
    uses: [],
    instead: 'Errors stand alone: every room imports them.',
  },
  'shared/digest.ts': {
    uses: [],
    packages: ['canonicalize'],
    node: true,
    instead: 'Digests know bytes and JSON only.',
  },
  'shared/contracts': {
    uses: ['shared/domain', 'shared/errors.ts'],
    packages: ['zod'],
    node: false,
    instead:
      'Contracts are schemas over domain types: put behaviour into the domain or an adapter.',
  },
  'shared/ports': {
    ...pure,
    uses: ['shared/domain', 'shared/errors.ts'],
    instead:
      'Ports say what we need in our own words: types of the domain, nothing of a service or package.',
  },
  'shared/adapters': {
    uses: [
      'shared/ports',
      'shared/domain',
      'shared/contracts',
      'shared/errors.ts',
      'shared/digest.ts',
    ],
    packages: null,
    node: true,
    instead: 'Adapters translate: what they need of the playbook comes in as arguments.',
  },
  'shared/services.ts': {
    uses: [
      'shared/contracts',
      'shared/ports',
      'shared/adapters',
      'shared/domain',
      'shared/errors.ts',
      'shared/digest.ts',
    ],
    packages: null,
    node: true,
    instead:
      'The composition root reads settings and builds services; functions/*.ts hand them out.',
  },
  orchestrations: {
    uses: ['shared/domain', 'shared/contracts', 'shared/errors.ts'],
    packages: ['durable-functions'],
    node: false,
    instead:
      'Orchestrators order and wait: ask for facts and effects through an activity of the catalogue.',
  },
  'functions/activities': {
    uses: [
      'shared/contracts',
      'shared/ports',
      'shared/domain',
      'shared/errors.ts',
      'shared/digest.ts',
    ],
    packages: [],
    node: false,
    instead: 'An activity does one thing through a port: add to the port and let an adapter do it.',
  },
  'functions/http': {
    uses: [
      'shared/contracts',
      'shared/ports',
      'shared/domain',
      'shared/errors.ts',
      'shared/digest.ts',
    ],
    packages: ['@azure/functions', 'zod', 'csv-stringify'],
    node: true,
    instead:
      'A door parses, authorises and answers: decisions belong to the domain, effects to a port.',
  },
  'local/host': {
    uses: [],
    packages: null,
    node: true,
    instead:
      'The embedded host runs any app: it loads `main` at run time and knows nothing of ours.',
  },
  'local/tenant': {
    uses: [],
    packages: null,
    node: true,
    instead:
      'The simulated tenant stands for the outside world: write it from the fact sheets alone.',
  },
};

const every = [
  'functions',
  'orchestrations',
  'shared/domain',
  'shared/contracts',
  'shared/ports',
  'shared/adapters',
  'shared/errors.ts',
  'shared/digest.ts',
  'shared/services.ts',
  'local',
];

/** Zones of `import-x/no-restricted-paths`. */
export const zones = [
  ...Object.entries(rooms).flatMap(([room, { uses, instead }]) =>
    every
      .filter((other) => other !== room && !uses.includes(other))
      .map((other) => ({
        target: `./${room}`,
        from: `./${other}`,
        // A room that lies inside the other one may of course use itself.
        except: room.startsWith(`${other}/`) ? [`.${room.slice(other.length)}`] : [],
        message: instead,
      })),
  ),
  {
    target: ['./functions', './orchestrations', './shared'],
    from: './local',
    message:
      'The product does not know where it runs: what local offers comes in as a setting or a port.',
  },
  {
    target: ['./functions', './orchestrations', './shared', './local'],
    from: './test',
    message: 'Move what both need into the product, or keep it in the test.',
  },
  {
    target: './orchestrations',
    from: './functions',
    message: 'Name the activity in the catalogue and call it by that name.',
  },
];

const escaped = (name) => name.replaceAll(/[/.]/g, String.raw`\$&`);

/** One block per room that limits packages; relative imports are the zones' business. */
export const packageBlocks = Object.entries(rooms)
  .filter(([, { packages }]) => packages !== null)
  .map(([room, { packages, node, instead }]) => {
    const allowed = [String.raw`\.`, ...packages.map((name) => `${escaped(name)}(?:/|$)`)];
    if (node) allowed.push('node:');
    return {
      name: `packages of ${room}`,
      files: [room.endsWith('.ts') ? room : `${room}/**/*.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [{ regex: `^(?!${allowed.join('|')})`, message: instead }] },
        ],
      },
    };
  });
