import { BadOption, parseOptions } from '../../../local/tenant/command-options.js';

const scenarios = ['bulk-disable', 'quiet'];

it('without options the documented defaults hold', () => {
  expect(parseOptions([], scenarios)).toEqual({
    port: 8443,
    dataDir: '.data',
    scenario: 'bulk-disable',
    seed: 1,
    users: 4800,
    speed: 60,
    settingsFile: null,
    workspace: true,
    appUrl: 'http://127.0.0.1:7071',
  });
});

it('every option is taken', () => {
  const argv =
    '--tenant-port 0 --data d --scenario quiet --seed 7 --users 48 --speed 0.5 --settings-file f --no-workspace --app-url http://localhost:1';

  expect(parseOptions(argv.split(' '), scenarios)).toEqual({
    port: 0,
    dataDir: 'd',
    scenario: 'quiet',
    seed: 7,
    users: 48,
    speed: 0.5,
    settingsFile: 'f',
    workspace: false,
    appUrl: 'http://localhost:1',
  });
});

it('help is asked for', () => {
  expect(parseOptions(['--help'], scenarios)).toBeNull();
});

it.each([
  ['an unknown option', ['--sped', '60']],
  ['a positional argument', ['bulk-disable']],
  ['an option without its value', ['--seed']],
  ['a port that is no port', ['--tenant-port', '70000']],
  ['a port that is no number', ['--tenant-port', 'https']],
  ['a negative seed', ['--seed', '-1']],
  ['no users', ['--users', '0']],
  ['half a user', ['--users', '1.5']],
  ['no speed', ['--speed', '0']],
  ['a speed that is no number', ['--speed', 'fast']],
  ['an empty data folder', ['--data', '']],
  ['an application on another machine', ['--app-url', 'https://collector.example']],
  ['an application address that is none', ['--app-url', '7071']],
])('%s is refused in one line', (_what, argv) => {
  const parse = () => parseOptions(argv, scenarios);

  expect(parse).toThrow(BadOption);
  expect(parse).toThrow(/^[^\n]+$/);
});

it('an unknown scenario is answered with the names there are', () => {
  expect(() => parseOptions(['--scenario', 'flood'], scenarios)).toThrow(/bulk-disable, quiet/);
});
