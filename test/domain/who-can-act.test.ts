import {
  quorumOf,
  whoCannotAct,
  type PersonFacts,
} from '../../shared/domain/approval/who-can-act.js';
import { guid, policy } from './support/incidents.js';

const pin = (n: number) => ({ objectId: guid(n), name: `Person ${n}` });
const rules = policy({
  people: {
    operators: [pin(1), pin(3)],
    approvers: [pin(2), pin(3)],
    commanders: [pin(6)],
    breakGlassApprovers: [pin(7), pin(8)],
  },
});
const request = {
  required: ['operator', 'approver'],
  actorIds: [],
  diagnosticians: [],
} as const;
const facts = (n: number, over: Partial<PersonFacts> = {}): PersonFacts => ({
  id: guid(n).toUpperCase(),
  enabled: true,
  damaged: false,
  blocked: null,
  ...over,
});

describe('a pinned person', () => {
  it.each<[string, Partial<PersonFacts>, string | null]>([
    ['who is there', {}, null],
    ['whose sign-in is not known', { blocked: null }, null],
    ['who is damaged and can sign in', { damaged: true }, null],
    ['who is disabled', { enabled: false }, 'is disabled'],
    ['who is gone', { enabled: null }, 'is not in the directory'],
    ['who is blocked', { blocked: true }, 'is kept out by a policy as it is now'],
    [
      'who was disabled by the actor',
      { enabled: false, damaged: true },
      'is disabled, and is part of the damage',
    ],
  ])('%s is told with the reason, if any', (_, over, why) => {
    const unable = whoCannotAct(rules, [facts(1, over)]);

    expect(unable).toEqual(why === null ? [] : [{ id: guid(1), name: 'Person 1', why }]);
  });

  it('in two lists is named once, and commanders and strangers are nobody to wait for', () => {
    const gone = [3, 6, 9].map((n) => facts(n, { enabled: false }));

    expect(whoCannotAct(rules, gone).map(({ id }) => id)).toEqual([guid(3)]);
  });
});

describe('the quorum', () => {
  it.each<[string, readonly number[], boolean, readonly number[]]>([
    ['everybody there', [], true, []],
    ['one of each left', [3], true, []],
    ['nobody left to operate', [1, 3], false, [7, 8]],
    ['one person left for two words', [1, 2], false, [7, 8]],
    ['one break-glass approver gone too', [1, 3, 7], false, [8]],
    ['nobody at all', [1, 2, 3, 7, 8], false, []],
  ])('with %s', (_, gone, possible, instead) => {
    const unable = whoCannotAct(
      rules,
      gone.map((n) => facts(n, { enabled: false })),
    );

    const quorum = quorumOf(request, rules, unable);

    expect(quorum.possible).toBe(possible);
    expect(quorum.instead.map(({ objectId }) => objectId)).toEqual(instead.map(guid));
  });

  it('never falls to actors and diagnosticians, break-glass or not', () => {
    const barred = {
      ...request,
      actorIds: [guid(1), guid(7)],
      diagnosticians: [{ id: guid(3), name: '' }],
    };

    expect(quorumOf(barred, rules, [])).toMatchObject({ possible: false, instead: [pin(8)] });
  });
});
