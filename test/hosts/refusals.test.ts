import {
  type ChildHost,
  cleanUp,
  makeApp,
  managementOf,
  runToEnd,
  startChildHost,
  temporaryFolder,
  testApp,
} from './child-host.js';

afterAll(cleanUp);

describe('what the real engine hangs on or changes silently fails the instance by name', () => {
  let host: ChildHost;
  let management: ReturnType<typeof managementOf>;
  beforeAll(async () => {
    host = await startChildHost({ data: temporaryFolder() });
    management = managementOf(host);
  });
  afterAll(() => host.stop());

  it.each([
    ['unknownActivity', "Activity 'nobody' is not registered"],
    ['unknownChild', "Sub-orchestrator 'nobody' is not registered"],
    ['unknownEntity', "Entity 'nobody' is not registered"],
    ['bareBoolean', "activity 'double' was given a bare boolean"],
    ['dateInput', "the input of activity 'double' does not survive JSON unchanged: a Date in .at"],
    ['dateResult', "the result of activity 'date' does not survive JSON unchanged: a Date in .at"],
    ['mapToChild', "the input of sub-orchestrator 'chain' does not survive JSON unchanged: a Map"],
    ['emptyAll', 'you must specify at least one Task'],
    ['throwsText', 'It threw something that is not an Error'],
    ['yieldsValue', 'Orchestration yielded data of type number'],
    ['plainFunction', 'this.generator.next is not a function'],
    ['retryInAny', "'refuse' is called with a retry inside Task.any"],
    ['noAttempts', "'refuse' is called with a retry of fewer than 1 attempts"],
    ['retryTimeout', "'refuse' is called with retryTimeoutInMilliseconds"],
    ['largeStatus', 'must not exceed 16 KB. The current payload size is 39 KB.'],
    ['startedAgain', "'double' was started earlier and is given to Task.any or Task.all again"],
    ['racedTimerAgain', 'a timer that was raced before is raced again'],
    [
      'otherActivityEachTime',
      "the history has activity 'nothing' as number 0, the code now asks for activity 'double'",
    ],
    ['callsHttp', 'context.df.callHttp is not available'],
    ['locks', 'lock requires a Durable Functions extension that supports'],
    ['unsafeChildId', 'Orchestration instance ids must not contain'],
  ])('%s', async (name, words) => {
    const status = await management.ended(await management.start(name, {}));

    expect(status.runtimeStatus).toBe('Failed');
    expect(status.output).toContain(words);
  });

  it.each([
    ['/orchestrators/nobody', 400, 'The following are the known orchestrator functions'],
    ['/orchestrators/chain/@x', 400, 'must not start with @'],
    ['/orchestrators/chain/a%01b', 400, 'must not contain'],
    [`/orchestrators/chain/${'x'.repeat(257)}`, 400, 'must not exceed 256 characters'],
    ['/orchestrators/chain/a/b', 404, ''],
  ])('a start at %s is refused', async (route, status, words) => {
    const answer = await management.call('POST', route, {});

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
  });

  it('an event without a body is refused and not delivered', async () => {
    const id = await management.start('listens', {});

    const answer = await management.call('POST', `/instances/${id}/raiseEvent/word`);

    expect(answer.status).toBe(400);
    expect((await management.status(id))?.runtimeStatus).toBe('Running');
  });
});

describe('an app that the real host would run without any function does not start', () => {
  const http = (name: string, route: string) =>
    `import { app } from '@azure/functions'; app.http('${name}', { route: '${route}', handler: () => ({}) });`;

  it.each([
    [
      'two functions with one name',
      { 'functions/a.js': http('same', 'a'), 'functions/b.js': http('same', 'b') },
      'Two functions are named "same"',
    ],
    [
      'an activity named like a route',
      {
        'functions/a.js': http('same', 'a'),
        'functions/b.js': `import * as df from 'durable-functions'; df.app.activity('same', { handler: () => 1 });`,
      },
      'Two functions are named "same"',
    ],
    [
      'a failing import',
      { 'functions/a.js': http('a', 'a'), 'functions/b.js': `throw new Error('broken module');` },
      'broken module',
    ],
    [
      'a route that begins with admin',
      { 'functions/a.js': http('a', 'admin/things') },
      'begins with a reserved word',
    ],
    ['no function', { 'functions/a.js': 'export {};' }, 'registered no function'],
    ['no file behind main', {}, 'matches no file'],
    [
      'a trigger that the host lacks',
      {
        'functions/a.js': `import { app } from '@azure/functions'; app.storageQueue('q', { queueName: 'q', connection: 'c', handler: () => {} });`,
      },
      'queueTrigger',
    ],
    [
      'a schedule that is none',
      {
        'functions/a.js': `import { app } from '@azure/functions'; app.timer('t', { schedule: 'every day', handler: () => {} });`,
      },
      'The schedule of timer function "t"',
    ],
  ])('%s', async (_, files, words) => {
    const app = makeApp(files);

    const { code, stdout, stderr } = await runToEnd([
      ...['--app', app, '--port', '0', '--data', temporaryFolder()],
    ]);

    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
  });
});

describe('the command', () => {
  it.each([
    [['--nonsense'], 'nonsense'],
    [['--app', testApp, '--port', 'x'], '--port takes a number'],
    [['--app', testApp, '--port', '70000'], '--port takes a number'],
    [[], '--app DIR'],
  ])('%j is answered with one line and exit code 2', async (args, words) => {
    const { code, stdout, stderr } = await runToEnd(args);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(words);
  });

  it('--help prints the options and ends well', async () => {
    const { code, stdout } = await runToEnd(['--help']);

    expect(code).toBe(0);
    expect(stdout).toContain('--app DIR');
  });
});
