import { defineCommand, helpOf, type CommandSpec } from '../../local/commands/define-command.js';
import type { OptionName } from '../../local/commands/options.js';
import { UsageError } from '../../local/commands/usage.js';
import { instant } from '../../local/ir/start.js';
import { runCommand } from './run-command.js';

const spec = {
  name: 'drill',
  summary: 'A sentence.',
  options: ['users', 'seed', 'executor', 'json', 'data'],
  defaults: { seed: 7 },
} as const satisfies CommandSpec<OptionName>;

/** What the body of a command with these options is given. */
async function valuesOf(argv: readonly string[]): Promise<unknown> {
  let seen: unknown = null;
  const run = defineCommand(spec, async (values) => {
    seen = values;
    return 0;
  });
  await run(argv);
  return seen;
}

describe('the command line', () => {
  it('fills in the defaults of the table, or the command’s own', async () => {
    expect(await valuesOf([])).toEqual({
      users: 4800,
      seed: 7,
      executor: 'auto',
      json: false,
      data: '.data',
    });
  });

  it('takes values with a space or an equals sign', async () => {
    const values = await valuesOf(['--users', '26', '--executor=surgical', '--json']);

    expect(values).toMatchObject({ users: 26, executor: 'surgical', json: true });
  });

  it.each([
    [['--bogus'], "unknown option '--bogus'"],
    [['--users'], 'argument missing'],
    [['--users', '0'], '--users: "0" is no whole number from 1 to 200000'],
    [['--users', '-3'], 'ambiguous'],
    [['--users', '1e3'], '--users: "1e3" is no whole number'],
    [['--users', '4.5'], '--users'],
    [['--users', ''], '--users'],
    [['--users', '4\n8'], '--users: "4?8"'],
    [['--executor', 'magic'], '--executor: "magic" is none of auto, surgical, native, handOff'],
    [['--data', ' '], '--data: the value is empty'],
    [['--json=yes'], 'does not take an argument'],
    [['extra'], 'unexpected "extra"'],
    [['--'.padEnd(500, 'x')], 'unknown option'],
  ])('refuses %j in one line', async (argv, complaint) => {
    const refused = await valuesOf(argv).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(UsageError);
    const { message } = refused as UsageError;
    expect(message).toContain(complaint);
    expect(message).not.toMatch(/[\r\n]/);
    expect(message.length).toBeLessThan(200);
  });

  it('documents every option it takes, with its default', () => {
    const help = helpOf(spec);

    for (const name of spec.options) expect(help).toContain(`--${name}`);
    expect(help).toContain('(default 7)');
    expect(help).toContain('auto|surgical|native|handOff');
  });

  it.each([
    [['nonsense'], 'unknown command "nonsense"'],
    [['toString'], 'unknown command "toString"'],
    [['drill', '--scenario', 'nope'], 'bulk-disable'],
    [['start', '--port', '70000'], '--port'],
    [['tenant', '--bogus'], 'bogus'],
    [['host', '--bogus'], 'bogus'],
    [['ir'], 'COMMAND is missing'],
    [['ir', 'list', 'NOT-AN-ID'], 'no incident id'],
    [['verify-record'], 'FILE is missing'],
    [['serve', '--settings-file', '/nowhere/at/all'], 'ENOENT'],
  ])('ends %j with one line on stderr and exit code 2', async (argv, complaint) => {
    const { code, stdout, stderr } = await runCommand(argv);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each(['drill', 'start', 'serve', 'host', 'tenant', 'ir', 'verify-record', 'bench'])(
    'answers %s --help on stdout',
    async (name) => {
      const { code, stdout, stderr } = await runCommand([name, '--help']);

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('--help');
    },
  );

  it('stops serve with one line per setting that is missing', async () => {
    const { code, stdout, stderr } = await runCommand(['serve', '--port', '0'], {
      env: { TENANT_ID: 'contoso', API_AUDIENCE: '', POLICY: '' },
    });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const names = stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ', 1)[0]);
    expect(names).toEqual(['TENANT_ID', 'API_AUDIENCE', 'POLICY']);
  });
});

describe('a time of the window', () => {
  const now = Date.parse('2026-11-20T15:00:00Z');

  it.each([
    ['45m', '2026-11-20T14:15:00.000Z'],
    ['2h', '2026-11-20T13:00:00.000Z'],
    ['1d', '2026-11-19T15:00:00.000Z'],
    ['2026-11-20T14:30:00Z', '2026-11-20T14:30:00.000Z'],
    ['2026-11-20T15:30:00+01:00', '2026-11-20T14:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(instant(text, now)).toBe(expected);
  });

  it.each(['', 'yesterday', '20.11.2026', '-5m', '5 m', '2026-11-20', '2026-13-45T00:00:00Z'])(
    'refuses %j',
    (text) => {
      expect(() => instant(text, now)).toThrow(UsageError);
    },
  );
});
