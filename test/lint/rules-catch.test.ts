import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = path.resolve(import.meta.dirname, '../..');

/** Our rules without those that need types or other files, which would load the whole program. */
const quick = linter({ 'import-x/no-cycle': 'off' });

function linter(rules: Record<string, 'off'>): ESLint {
  const files = ['**/*.ts'];
  const overrideConfig = [
    { files, ...tseslint.configs.disableTypeChecked },
    { files, rules },
  ];
  return new ESLint({ cwd: root, overrideConfig: overrideConfig as never });
}

async function complaints(file: string, code: string, eslint = quick): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
  return (result?.messages ?? []).map(({ ruleId, message }) => `${ruleId ?? 'error'}: ${message}`);
}

const orchestrator = 'orchestrations/draw-plan.ts';
const wrap = (statement: string): string =>
  `export function* step(context: { df: never }): Generator { ${statement}; yield context; }\n`;

describe('the linter catches', () => {
  it.each([
    ['the wall clock', wrap('const at = Date.now(); void at'), 'no-restricted-properties', 'nowMs'],
    ['an empty Date', wrap('const at = new Date(); void at'), 'no-restricted-syntax', 'nowMs'],
    ['Date as a function', wrap('const at = Date(); void at'), 'no-restricted-syntax', 'nowMs'],
    ['chance', wrap('const n = Math.random(); void n'), 'no-restricted-properties', 'activity'],
    ['random ids', wrap('void crypto.randomUUID()'), 'no-restricted-globals', 'activity'],
    ['the network', wrap("void fetch('https://example.com')"), 'no-restricted-globals', 'activity'],
    ['the environment', wrap('void process.env'), 'no-restricted-globals', 'activity'],
    ['a timer', wrap('setTimeout(() => 1, 1)'), 'no-restricted-globals', 'waitUntil'],
    ['a log line', wrap('console.log(1)'), 'no-restricted-globals', 'report()'],
    ['a promise', wrap('void Promise.resolve()'), 'no-restricted-globals', 'yield*'],
    [
      'an async function',
      'export async function go() { return 1; }\n',
      'no-restricted-syntax',
      'yield*',
    ],
    ['an await', 'export const go = async () => { await x; };\n', 'no-restricted-syntax', 'yield*'],
    ['a thrown text', wrap("throw 'no'"), 'no-restricted-syntax', 'Throw an Error'],
    ['a late import', wrap("void import('x')"), 'no-restricted-syntax', 'activity'],
    [
      'a retry that is raced',
      wrap("context.df.Task.any([context.df.callActivityWithRetry('a', r)])"),
      'no-restricted-syntax',
      'outside Task.any',
    ],
    ['a Node module', "import 'node:fs';\n", 'no-restricted-imports', 'activity'],
    ['a package', "import 'jose';\n", 'no-restricted-imports', 'activity'],
    [
      'an adapter',
      "import '../shared/adapters/durable-runs.js';\n",
      'import-x/no-restricted-paths',
      'activity',
    ],
    [
      'a port',
      "import '../shared/ports/directory.js';\n",
      'import-x/no-restricted-paths',
      'activity',
    ],
  ])('%s in an orchestrator', async (_, code, rule, advice) => {
    const found = await complaints(orchestrator, code);

    expect(found).toContainEqual(
      expect.stringMatching(new RegExp(`^${rule}: .*${escape(advice)}`)),
    );
  });

  it.each([
    ['shared/domain/plan.ts', "import '../contracts/catalogue.js';\n", 'no-restricted-paths'],
    ['shared/domain/plan.ts', "import '../digest.js';\n", 'no-restricted-paths'],
    ['shared/domain/plan.ts', "import 'zod';\n", 'no-restricted-imports'],
    ['shared/domain/plan.ts', "import 'node:crypto';\n", 'no-restricted-imports'],
    ['shared/contracts/catalogue.ts', "import '../ports/directory.js';\n", 'no-restricted-paths'],
    ['shared/contracts/catalogue.ts', "import 'jose';\n", 'no-restricted-imports'],
    ['shared/ports/directory.ts', "import '../adapters/durable-runs.js';\n", 'no-restricted-paths'],
    [
      'shared/ports/directory.ts',
      "import '@microsoft/microsoft-graph-client';\n",
      'no-restricted-imports',
    ],
    [
      'shared/adapters/durable-runs.ts',
      "import '../../functions/activities/index.js';\n",
      'no-restricted-paths',
    ],
    [
      'shared/adapters/durable-runs.ts',
      "import '../../orchestrations/durable.js';\n",
      'no-restricted-paths',
    ],
    [
      'functions/activities/index.ts',
      "import '../../shared/adapters/durable-runs.js';\n",
      'no-restricted-paths',
    ],
    [
      'functions/activities/index.ts',
      "import '../../orchestrations/durable.js';\n",
      'no-restricted-paths',
    ],
    ['functions/activities/index.ts', "import 'durable-functions';\n", 'no-restricted-imports'],
    [
      'functions/http/services.ts',
      "import '../../shared/adapters/durable-runs.js';\n",
      'no-restricted-paths',
    ],
    [
      'functions/http/services.ts',
      "import '../../orchestrations/durable.js';\n",
      'no-restricted-paths',
    ],
    ['functions/durable.ts', "import '../local/main.js';\n", 'no-restricted-paths'],
    ['functions/durable.ts', "import '../test/support/eventually.js';\n", 'no-restricted-paths'],
    ['local/host/start.ts', "import '../../shared/errors.js';\n", 'no-restricted-paths'],
    ['local/host/start.ts', "import '../tenant/tenant.js';\n", 'no-restricted-paths'],
    [
      'local/tenant/tenant.ts',
      "import '../../shared/domain/plan/plan.js';\n",
      'no-restricted-paths',
    ],
    ['local/tenant/tenant.ts', "import '../commands/options.js';\n", 'no-restricted-paths'],
    ['local/main.ts', "import '../test/support/eventually.js';\n", 'no-restricted-paths'],
  ])('an import of %s that points the wrong way: %j', async (file, code, rule) => {
    const found = await complaints(file, code);

    expect(found).toContainEqual(expect.stringContaining(rule));
  });

  it.each([
    [
      'orchestrations/draw-plan.ts',
      "import '../shared/domain/plan.js';\nimport 'durable-functions';\n",
    ],
    [
      'shared/adapters/durable-runs.ts',
      "import '../ports/directory.js';\nimport 'zod';\nimport 'node:fs';\n",
    ],
    ['functions/activities/index.ts', "import '../../shared/contracts/catalogue.js';\n"],
    [
      'functions/durable.ts',
      "import '../orchestrations/durable.js';\nimport './activities/index.js';\n",
    ],
    ['local/tenant/tenant.ts', "import './server.js';\nimport './graph/graph.js';\n"],
    [
      'local/commands/drill.ts',
      "import '../tenant/tenant.js';\nimport '../../shared/domain/plan/plan.js';\n",
    ],
    ['test/lint/rules-catch.test.ts', "import '../../local/commands/options.js';\n"],
  ])('nothing wrong with an import of %s that points the right way', async (file, code) => {
    const found = await complaints(file, code);

    expect(found.filter((complaint) => /no-restricted/.test(complaint))).toEqual([]);
  });

  it.each([
    ['a chain', "void client.api('/directory/deletedItems/1').delete();\n"],
    ['a template', 'void client.api(`/directory/deletedItems/${id}`).delete();\n'],
    ['a method and a path', "void send('DELETE', `/directory/deletedItems/${id}`);\n"],
    [
      'a request object',
      "export const r = { method: 'DELETE', url: '/directory/deletedItems/1' };\n",
    ],
    ['another case', "void send('delete', '/Directory/DeletedItems/1');\n"],
    ['the permanent call of a user', 'void send("POST", `/users/${id}/permanentDelete`);\n'],
  ])('a hard delete written as %s', async (_, code) => {
    const found = await complaints('shared/adapters/durable-runs.ts', code);

    expect(found).toContainEqual(expect.stringContaining('rewind/no-hard-delete'));
  });

  it.each([
    ['a restore', 'void send("POST", `/directory/deletedItems/${id}/restore`);\n'],
    ['a soft delete', "void client.api('/users/1').delete();\n"],
    ['a read', "void client.api('/directory/deletedItems/1').get();\n"],
  ])('no hard delete in %s', async (_, code) => {
    const found = await complaints('shared/adapters/durable-runs.ts', code);

    expect(found).not.toContainEqual(expect.stringContaining('rewind/no-hard-delete'));
  });

  it.each(['functions/durable.ts', 'shared/services.ts', 'orchestrations/durable.ts'])(
    'a console line in %s',
    async (file) => {
      expect(await complaints(file, 'console.log(1);\n')).toContainEqual(
        expect.stringContaining('no-console'),
      );
    },
  );

  it('no console line in local, whose stdout and stderr are its own', async () => {
    expect(await complaints('local/main.ts', 'console.log(1);\n')).toEqual([]);
  });

  it('a comment that switches off a rule which would not have complained', async () => {
    const code = '// eslint-disable-next-line no-var\nexport const x = 1;\n';

    expect(await complaints('shared/services.ts', code)).toContainEqual(
      expect.stringContaining('Unused eslint-disable directive'),
    );
  });

  it('two files that import each other', async () => {
    const code = "import * as services from './services.js';\nexport const x = services;\n";
    expect(await complaints('shared/digest.ts', code, linter({}))).toContainEqual(
      expect.stringContaining('no-cycle'),
    );
  });

  it('forgotten promises and any, by the strict typed set', async () => {
    const strict = new ESLint({ cwd: root });
    const config = (await strict.calculateConfigForFile(path.join(root, 'shared/services.ts'))) as {
      rules: Record<string, [number, unknown?]>;
    };

    for (const rule of [
      'no-floating-promises',
      'no-explicit-any',
      'no-unsafe-return',
      'only-throw-error',
    ]) {
      expect(config.rules[`@typescript-eslint/${rule}`]?.[0]).toBe(2);
    }
  });
});

const escape = (text: string): string => text.replaceAll(/[*()]/g, String.raw`\$&`);
