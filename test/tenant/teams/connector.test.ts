import { approvalCard, bot, message, team, testTeams } from './teams-world.js';
import { people } from '../identity/identity-world.js';

const idOf = (body: string) => (JSON.parse(body) as { id: string }).id;
const codeOf = (body: string) => (JSON.parse(body) as { error: { code: string } }).error.code;

describe('posting cards', () => {
  it('a posted card is kept and its id can be edited in place', async () => {
    const { post, call, activities, activitiesPath } = testTeams();

    const posted = await post(message(approvalCard('inc-1')));
    const id = idOf(posted.body);
    const edited = await call('PUT', `${activitiesPath}/${id}`, message(approvalCard('inc-2')));

    expect([posted.status, edited.status]).toEqual([201, 200]);
    expect(activities.all()).toHaveLength(1);
    expect(activities.find(team.channelId, id)).toMatchObject({
      activity: message(approvalCard('inc-2')),
      earlier: [message(approvalCard('inc-1'))],
    });
  });

  it('a new conversation in the channel names the thread and its first message', async () => {
    const { call } = testTeams();

    const answer = await call('POST', 'v3/conversations', {
      isGroup: true,
      bot: { id: team.botId },
      tenantId: team.tenantId,
      channelData: { channel: { id: team.channelId } },
      activity: message(approvalCard('inc-1')),
    });

    const { id, activityId } = JSON.parse(answer.body) as { id: string; activityId: string };
    expect(answer.status).toBe(201);
    expect(id).toBe(`${team.channelId};messageid=${activityId}`);
  });

  it('a reply belongs to the thread that its conversation id names', async () => {
    const { post, call, activities } = testTeams();
    const root = idOf((await post(message(approvalCard('inc-1')))).body);
    const thread = encodeURIComponent(`${team.channelId};messageid=${root}`);

    const reply = await call('POST', `v3/conversations/${thread}/activities`, {
      type: 'message',
      text: 'Progress',
    });

    expect(activities.find(team.channelId, idOf(reply.body))?.rootId).toBe(root);
  });

  it.each([
    ['an activity that is not there', 'PUT', '/1'],
    ['a deleted activity', 'DELETE', '/1'],
  ])('%s answers 404', async (_what, method, suffix) => {
    const { call, activitiesPath } = testTeams();

    const answer = await call(method, activitiesPath + suffix, message(approvalCard('inc-1')));

    expect([answer.status, codeOf(answer.body)]).toEqual([404, 'ActivityNotFoundInConversation']);
  });
});

describe('what the connector refuses', () => {
  const large = { type: 'message', text: 'x'.repeat(20_481) };
  const v13 = approvalCard('inc-1', { version: '1.3' });
  const v16 = approvalCard('inc-1', { version: '1.6' });

  it.each([
    ['text that is no JSON', '{', 400, 'BadSyntax'],
    ['an empty message', { type: 'message' }, 400, 'BadSyntax'],
    ['another activity type', { type: 'event', text: 'x' }, 400, 'BadArgument'],
    ['a card newer than Teams renders', message(v16), 400, 'BadSyntax'],
    ['an Action.Execute in an old card', message(v13), 400, 'BadSyntax'],
    ['a message above 40 KB of UTF-16', large, 413, 'MessageSizeTooBig'],
  ])('%s', async (_what, body, status, code) => {
    const { post, activities } = testTeams();

    const answer = await post(body);

    expect([answer.status, codeOf(answer.body)]).toEqual([status, code]);
    expect(activities.all()).toEqual([]);
  });

  it('a message of 40 KB of UTF-16 still passes', async () => {
    const { post } = testTeams();
    const room = 20_480 - JSON.stringify({ type: 'message', text: '' }).length;

    const answer = await post({ type: 'message', text: 'x'.repeat(room) });

    expect(answer.status).toBe(201);
  });

  it('callers that are nobody, a person or another application', async () => {
    const { call, activitiesPath } = testTeams();
    const body = message(approvalCard('inc-1'));
    const user = {
      kind: 'user' as const,
      userId: people.actor.id,
      appId: 'x',
      audience: bot.audience,
      scopes: [],
      roles: [],
    };

    const answers = [
      await call('POST', activitiesPath, body, null),
      await call('POST', activitiesPath, body, user),
      await call('POST', activitiesPath, body, { ...bot, appId: 'other' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 403, 403]);
  });

  it('a channel where the bot is not installed', async () => {
    const { call } = testTeams();

    const answer = await call(
      'POST',
      `v3/conversations/${encodeURIComponent('19:other@thread.tacv2')}/activities`,
      message(approvalCard('inc-1')),
    );

    expect([answer.status, codeOf(answer.body)]).toEqual([403, 'BotNotInConversationRoster']);
  });
});

describe('the send rate', () => {
  it('the eighth message within a second is told to wait, and passes after that', async () => {
    const { post, clock } = testTeams();

    const answers = [];
    for (let count = 0; count < 8; count += 1) answers.push(await post(message(approvalCard('i'))));
    const refused = answers.at(-1);
    clock.advance(Number(refused?.headers['retry-after']) * 1000);
    const later = await post(message(approvalCard('i')));

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201, 201, 429]);
    expect(refused?.headers['retry-after']).toBe('1');
    expect(later.status).toBe(201);
  });

  it('the windows shrink with the speed', async () => {
    const { post } = testTeams(10);

    const answers = [];
    for (let count = 0; count < 8; count += 1) answers.push(await post(message(approvalCard('i'))));

    expect(answers.at(-1)?.headers['retry-after']).toBe('0.1');
  });
});
