import fc from 'fast-check';
import type { ApprovalRequest, Ledger } from '../../shared/domain/approval/approval.js';
import { emptyLedger } from '../../shared/domain/approval/approval.js';
import type { Attempt } from '../../shared/domain/approval/approval-rule.js';
import { assignRoles, quorumPossible } from '../../shared/domain/approval/approval-quorum.js';
import {
  countDecision,
  requiredFor,
  standing,
} from '../../shared/domain/approval/approval-rule.js';
import type { Policy } from '../../shared/domain/policy.js';
import { guid, policy } from './support/incidents.js';

const person = (n: number) => ({ id: guid(n), name: `Person ${n}` });
const pin = (n: number) => ({ objectId: guid(n), name: `Person ${n}` });
const [OPERATOR, APPROVER, BOTH, ACTOR, DIAGNOSTICIAN, STRANGER, GLASS, SECOND_OPERATOR] = [
  1, 2, 3, 4, 5, 6, 7, 8,
];

const pinned = (over: Partial<Policy['people']> = {}): Policy =>
  policy({
    people: {
      operators: [OPERATOR, BOTH, ACTOR, DIAGNOSTICIAN, SECOND_OPERATOR].map(pin),
      approvers: [pin(APPROVER), pin(BOTH), pin(ACTOR), pin(DIAGNOSTICIAN)],
      breakGlassApprovers: [pin(GLASS)],
      ...over,
    },
  });

const digest = `sha256:${'a'.repeat(64)}`;
const noon = '2026-11-20T12:00:00.000Z';
const expiry = '2026-11-20T16:00:00.000Z';

const request = (over: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  planDigest: digest,
  planVersion: 1,
  objects: 4800,
  requestedAt: '2026-11-20T11:59:00.000Z',
  expiresAt: expiry,
  required: ['operator', 'approver'],
  diagnosticians: [person(DIAGNOSTICIAN)],
  actorIds: [guid(ACTOR)],
  nonce: 'n-1',
  ...over,
});

const asked = (over: Partial<ApprovalRequest> = {}): Ledger => ({
  ...emptyLedger,
  requests: [request(over)],
});

const press = (n: number, over: Partial<Attempt> = {}): Attempt => ({
  decision: 'approve',
  by: person(n),
  via: 'teams',
  planDigest: digest,
  comment: null,
  nonce: 'n-1',
  proof: { issuer: 'https://api.botframework.com', tokenIdHash: 'sha256:00' },
  roleCheck: 'confirmed',
  ...over,
});

const count = (ledger: Ledger, attempt: Attempt, rules: Policy = pinned(), now = noon) =>
  countDecision(ledger, attempt, { policy: rules, now });

/** The ledger after attempts that must all count. */
function after(ledger: Ledger, ...attempts: readonly Attempt[]): Ledger {
  return attempts.reduce((before, attempt) => {
    const counted = count(before, attempt);
    expect(counted).toMatchObject({ ok: true });
    return counted.ledger;
  }, ledger);
}

describe('the approvals a plan needs', () => {
  it.each([
    [1, ['operator']],
    [25, ['operator']],
    [26, ['operator', 'approver']],
    [4800, ['operator', 'approver']],
  ])('for %i objects are %j', (objects, required) => {
    expect(requiredFor(objects, policy())).toEqual(required);
  });
});

describe('a decision', () => {
  it('of the operator leaves the approver missing, and both together approve', () => {
    const first = count(asked(), press(OPERATOR));
    const second = count(first.ledger, press(APPROVER));

    expect(first).toMatchObject({ ok: true, countedAs: 'operator', remaining: ['approver'] });
    expect(second).toMatchObject({ ok: true, countedAs: 'approver', remaining: [] });
    expect(standing(second.ledger, pinned(), digest, noon).state).toBe('approved');
  });

  it('of somebody in both lists counts for the first that is missing, and only once', () => {
    const first = count(asked(), press(BOTH));
    const second = count(after(asked(), press(OPERATOR)), press(BOTH));
    const again = count(first.ledger, press(BOTH));

    expect(first).toMatchObject({ ok: true, countedAs: 'operator' });
    expect(second).toMatchObject({ ok: true, countedAs: 'approver', remaining: [] });
    expect(again).toMatchObject({ ok: true, repeated: true, remaining: ['approver'] });
    expect(again.ledger).toBe(first.ledger);
  });

  it('of the first operator moves nobody out when somebody in both lists can take the other role', () => {
    const one = pinned({ operators: [pin(OPERATOR), pin(BOTH)], approvers: [pin(BOTH)] });
    const first = count(asked(), press(BOTH), one);
    const second = count(first.ledger, press(OPERATOR), one);

    expect(first).toMatchObject({ countedAs: 'operator', remaining: ['approver'] });
    expect(second).toMatchObject({ ok: true, countedAs: 'operator', remaining: [] });
    expect(standing(second.ledger, one, digest, noon)).toMatchObject({
      state: 'approved',
      given: [
        { by: person(BOTH), countedAs: 'approver' },
        { by: person(OPERATOR), countedAs: 'operator' },
      ],
    });
    expect(count(second.ledger, press(BOTH), one)).toMatchObject({
      repeated: true,
      countedAs: 'approver',
    });
  });

  it('is kept with its proof, its way and its comment', () => {
    const { ledger } = count(asked(), press(OPERATOR, { comment: 'checked' }));

    expect(ledger.version).toBe(1);
    expect(ledger.decisions).toEqual([
      {
        decision: 'approve',
        by: person(OPERATOR),
        countedAs: 'operator',
        at: noon,
        via: 'teams',
        planDigest: digest,
        comment: 'checked',
        proof: press(OPERATOR).proof,
        roleCheck: 'confirmed',
      },
    ]);
  });

  it('to reject, by anyone who could count, ends it', () => {
    const ledger = after(asked(), press(OPERATOR), press(APPROVER, { decision: 'reject' }));

    expect(standing(ledger, pinned(), digest, noon)).toMatchObject({
      state: 'rejected',
      rejectedBy: person(APPROVER),
    });
    expect(count(ledger, press(BOTH))).toMatchObject({ ok: false, code: 'NOT_AWAITING_APPROVAL' });
  });

  it('to reject counts even when the own role is given already', () => {
    const ledger = after(asked(), press(OPERATOR), press(BOTH, { decision: 'reject' }));

    expect(standing(ledger, pinned(), digest, noon).state).toBe('rejected');
  });
});

describe('a decision that does not count', () => {
  const cases: [string, Ledger, Attempt, string, string?][] = [
    ['by the actor, though pinned', asked(), press(ACTOR), 'DECIDER_IS_ACTOR'],
    [
      'by the actor in other letters',
      asked(),
      press(ACTOR, { by: { id: guid(ACTOR).toUpperCase(), name: 'x' } }),
      'DECIDER_IS_ACTOR',
    ],
    ['by a diagnostician', asked(), press(DIAGNOSTICIAN), 'DECIDER_IS_DIAGNOSTICIAN'],
    ['to reject, by the actor', asked(), press(ACTOR, { decision: 'reject' }), 'DECIDER_IS_ACTOR'],
    ['by nobody the policy knows', asked(), press(STRANGER), 'DECIDER_NOT_PINNED'],
    [
      'by a pinned name under another id',
      asked(),
      press(STRANGER, { by: { id: guid(STRANGER), name: 'Person 1' } }),
      'DECIDER_NOT_PINNED',
    ],
    [
      'by an approver where only an operator is asked',
      asked({ required: ['operator'] }),
      press(APPROVER),
      'DECIDER_NOT_PINNED',
    ],
    ['when nothing was asked', emptyLedger, press(OPERATOR), 'NOT_AWAITING_APPROVAL'],
    ['on another digest', asked(), press(OPERATOR, { planDigest: 'sha256:b' }), 'PLAN_SUPERSEDED'],
    [
      'with the nonce of another card',
      asked(),
      press(OPERATOR, { nonce: 'n-0' }),
      'PLAN_SUPERSEDED',
    ],
    [
      'without a nonce, through Teams',
      asked(),
      press(OPERATOR, { nonce: null }),
      'PLAN_SUPERSEDED',
    ],
    ['at the instant of expiry', asked(), press(OPERATOR), 'APPROVAL_EXPIRED', expiry],
    [
      'against the own earlier word',
      after(asked(), press(OPERATOR)),
      press(OPERATOR, { decision: 'reject' }),
      'DECIDER_ALREADY_DECIDED',
    ],
    [
      'of a second operator',
      after(asked(), press(OPERATOR)),
      press(SECOND_OPERATOR),
      'DECIDER_ALREADY_DECIDED',
    ],
    [
      'of a third person while two roles are all there is',
      after(asked(), press(BOTH), press(OPERATOR)),
      press(APPROVER),
      'NOT_AWAITING_APPROVAL',
    ],
    [
      'after everything is given',
      after(asked({ required: ['operator'] }), press(OPERATOR)),
      press(BOTH),
      'NOT_AWAITING_APPROVAL',
    ],
    [
      'of break-glass while others can act',
      asked(),
      press(GLASS, { via: 'http' }),
      'DECIDER_NOT_PINNED',
    ],
  ];

  it.each(cases)('%s', (_case, ledger, attempt, code, now = noon) => {
    const refused = count(ledger, attempt, pinned(), now);

    expect(refused).toMatchObject({ ok: false, code, message: expect.stringMatching(/.{10}/) });
    expect(refused.ledger.decisions).toEqual(ledger.decisions);
    expect(refused.ledger.refusals.at(-1)).toEqual({
      by: attempt.by,
      at: now,
      code,
      via: attempt.via,
    });
  });

  it('does not let the actor learn whether anything awaits a decision', () => {
    const expired = count(asked(), press(ACTOR), pinned(), expiry);
    const superseded = count(asked(), press(ACTOR, { planDigest: 'sha256:b' }));

    expect([expired, superseded]).toEqual([
      expect.objectContaining({ code: 'DECIDER_IS_ACTOR' }),
      expect.objectContaining({ code: 'DECIDER_IS_ACTOR' }),
    ]);
  });

  it('is remembered 200 times at most', () => {
    let ledger = asked();
    for (let n = 0; n < 250; n += 1) ({ ledger } = count(ledger, press(1000 + n)));

    expect(ledger.refusals).toHaveLength(200);
    expect(ledger.refusals.at(-1)?.by).toEqual(person(1249));
  });

  it.each<[string, Attempt, RegExp]>([
    ['over HTTP', press(GLASS, { via: 'http', nonce: null }), /only when .* cannot decide, and/],
    ['in Teams', press(GLASS), /decide over HTTP/],
  ])(
    'tells a break-glass approver %s why, and not that nobody named them',
    (_way, attempt, why) => {
      expect(count(asked(), attempt)).toMatchObject({
        code: 'DECIDER_NOT_PINNED',
        message: expect.stringMatching(why),
      });
    },
  );

  it('does not spend the nonce for anybody else', () => {
    const { ledger } = count(asked(), press(STRANGER));

    expect(count(ledger, press(OPERATOR))).toMatchObject({ ok: true });
  });
});

describe('a plan that would lock its people out', () => {
  const risky = () => asked({ requiredLines: ['lockout'] });

  it('cannot be approved in Teams, nor over HTTP without its line, but anybody may reject it', () => {
    for (const attempt of [
      press(OPERATOR),
      press(OPERATOR, { via: 'http', lines: ['policies'] }),
    ]) {
      expect(count(risky(), attempt)).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    }
    const rejected = after(risky(), press(OPERATOR, { decision: 'reject' }));
    expect(standing(rejected, pinned(), digest, noon).state).toBe('rejected');
  });

  it('is approved by everybody who must, each with the line by name', () => {
    const named = { via: 'http', lines: ['lockout'] } as const;
    const ledger = after(risky(), press(OPERATOR, named), press(APPROVER, named));

    expect(standing(ledger, pinned(), digest, noon).state).toBe('approved');
  });

  it('does not stand on a decision without the line, whatever the ledger says', () => {
    const ledger = after(asked(), press(OPERATOR), press(APPROVER));
    const changed = { ...ledger, requests: [request({ requiredLines: ['lockout'] })] };

    expect(standing(changed, pinned(), digest, noon).state).toBe('open');
  });
});

describe('a person who is disabled or not in the directory', () => {
  const gone = [guid(OPERATOR).toUpperCase()];
  const without = (ledger: Ledger): Ledger => ({ ...ledger, unable: gone, gone });

  it('cannot approve, is told why, and may reject', () => {
    const approved = count(without(asked()), press(OPERATOR));
    const rejected = count(without(asked()), press(OPERATOR, { decision: 'reject' }));

    expect(approved).toMatchObject({
      code: 'DECIDER_NOT_PINNED',
      message: expect.stringContaining('found disabled'),
    });
    expect(standing(rejected.ledger, pinned(), digest, noon).state).toBe('rejected');
  });

  it('no longer counts for an approval given before, and counts again when back', () => {
    const given = after(asked(), press(OPERATOR), press(APPROVER));

    expect(standing(without(given), pinned(), digest, noon)).toMatchObject({
      state: 'open',
      given: [{ by: person(APPROVER) }],
      remaining: ['operator'],
    });
    expect(count(without(given), press(BOTH))).toMatchObject({ ok: true, remaining: [] });
    expect(standing(given, pinned(), digest, noon).state).toBe('approved');
  });

  it('counts when only a policy may keep them out: their sign-in is proof that it does not', () => {
    const blocked = { ...asked(), unable: gone, gone: [] };

    expect(count(blocked, press(OPERATOR))).toMatchObject({ ok: true, countedAs: 'operator' });
  });

  it('approves nothing as a break-glass approver either', () => {
    const all = [OPERATOR, BOTH, SECOND_OPERATOR, GLASS].map(guid);
    const ledger = { ...asked(), unable: all, gone: [guid(GLASS)] };

    expect(count(ledger, press(GLASS, { via: 'http', nonce: null }))).toMatchObject({ ok: false });
  });
});

describe('a new plan version', () => {
  const next = request({ planDigest: 'sha256:next', planVersion: 2, nonce: 'n-2' });

  it('voids every approval of the one before', () => {
    const approved = after(asked(), press(OPERATOR), press(APPROVER));
    const ledger = { ...approved, requests: [...approved.requests, next] };

    expect(standing(ledger, pinned(), digest, noon).state).toBe('expired');
    expect(standing(ledger, pinned(), next.planDigest, noon)).toMatchObject({
      state: 'open',
      remaining: ['operator', 'approver'],
    });
    expect(count(ledger, press(BOTH))).toMatchObject({ ok: false, code: 'PLAN_SUPERSEDED' });
  });
});

describe('where the approval stands', () => {
  const approved = () => after(asked(), press(OPERATOR), press(APPROVER));

  it('forgets a person who was unpinned since, also for a decision already given', () => {
    const without = pinned({ approvers: [pin(BOTH)] });

    expect(standing(approved(), without, digest, noon)).toMatchObject({
      state: 'open',
      remaining: ['approver'],
      given: [expect.objectContaining({ by: person(OPERATOR) })],
    });
  });

  it('forgets the rejection of a person who was unpinned since', () => {
    const ledger = after(asked(), press(APPROVER, { decision: 'reject' }));

    expect(standing(ledger, pinned({ approvers: [] }), digest, noon).state).toBe('open');
  });

  it('is expired when nobody decided in time, and nothing unknown is ever approved', () => {
    expect(standing(asked(), pinned(), digest, expiry).state).toBe('expired');
    expect(standing(asked(), pinned(), 'sha256:unknown', noon).state).toBe('expired');
    expect(standing(emptyLedger, pinned(), digest, noon).state).toBe('expired');
  });
});

describe('a quorum', () => {
  const needs = (over: Partial<ApprovalRequest> = {}) => request(over);

  it.each<[string, boolean, Partial<Policy['people']>, readonly number[]]>([
    ['with an operator and an approver', true, {}, []],
    ['with one person in both lists only', false, { operators: [pin(3)], approvers: [pin(3)] }, []],
    ['without approvers', false, { approvers: [] }, []],
    [
      'whose only operators are actor and diagnostician',
      false,
      { operators: [pin(4), pin(5)] },
      [],
    ],
    ['whose operators are all unable', false, {}, [OPERATOR, BOTH, SECOND_OPERATOR]],
    ['whose one operator is left', true, {}, [BOTH, SECOND_OPERATOR]],
  ])('%s: possible is %s', (_case, possible, people, unable) => {
    expect(quorumPossible(needs(), pinned(people), unable.map(guid))).toBe(possible);
  });

  it('that cannot act lets break-glass approvers count, over HTTP only', () => {
    const ledger = { ...asked(), unable: [OPERATOR, BOTH, SECOND_OPERATOR].map(guid) };

    const overHttp = count(ledger, press(GLASS, { via: 'http', nonce: null }));
    const overTeams = count(ledger, press(GLASS));

    expect(overHttp).toMatchObject({ ok: true, countedAs: 'operator', remaining: ['approver'] });
    expect(overTeams).toMatchObject({ ok: false, code: 'DECIDER_NOT_PINNED' });
  });

  it('that can act again takes the word of break-glass away, and leaves the others theirs', () => {
    const unable = [OPERATOR, BOTH, SECOND_OPERATOR].map(guid);
    const glass = count({ ...asked(), unable }, press(GLASS, { via: 'http', nonce: null }));
    const both = count(glass.ledger, press(APPROVER));

    expect(standing(both.ledger, pinned(), digest, noon).state).toBe('approved');
    expect(standing({ ...both.ledger, unable: [] }, pinned(), digest, noon)).toMatchObject({
      state: 'open',
      given: [{ by: person(APPROVER) }],
      remaining: ['operator'],
    });
  });

  it('of break-glass people obeys the same separation: actor, diagnostician and one person for two', () => {
    const unable = [OPERATOR, BOTH, SECOND_OPERATOR].map(guid);
    const rules = pinned({ breakGlassApprovers: [GLASS, 9, 10].map(pin) });
    const barred = asked({ actorIds: [guid(9)], diagnosticians: [person(10)] });
    const overHttp = { via: 'http', nonce: null } as const;
    const tried = [9, 10].map((n) => count({ ...barred, unable }, press(n, overHttp), rules));
    const once = count({ ...asked(), unable }, press(GLASS, overHttp), rules);
    const twice = count(once.ledger, press(GLASS, overHttp), rules);

    expect(tried.map((one) => (one.ok ? '' : one.code))).toEqual([
      'DECIDER_IS_ACTOR',
      'DECIDER_IS_DIAGNOSTICIAN',
    ]);
    expect(twice).toMatchObject({ repeated: true, remaining: ['approver'] });
  });
});

describe('whatever people press in whatever order', () => {
  const attempts = fc.array(
    fc.record({
      n: fc.integer({ min: 1, max: 7 }),
      decision: fc.constantFrom<'approve' | 'reject'>('approve', 'approve', 'reject'),
      via: fc.constantFrom<'teams' | 'http'>('teams', 'http'),
      fits: fc.boolean(),
    }),
    { maxLength: 12 },
  );

  it('an approval is by two different people, neither actor nor diagnostician, both pinned', () => {
    fc.assert(
      fc.property(attempts, (all) => {
        const ledger = all.reduce(
          (before, { n, decision, via, fits }) =>
            count(before, press(n, { decision, via, nonce: fits ? 'n-1' : 'n-0' })).ledger,
          asked(),
        );

        const { state, given } = standing(ledger, pinned(), digest, noon);
        const ids = given.map(({ by }) => by.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).not.toContain(guid(ACTOR));
        expect(ids).not.toContain(guid(DIAGNOSTICIAN));
        expect(ids).not.toContain(guid(STRANGER));
        if (state === 'approved')
          expect(given.map(({ countedAs }) => countedAs).sort()).toEqual(['approver', 'operator']);
      }),
      { numRuns: 300 },
    );
  });

  it('an answer given once is given again for the same press, and changes nothing', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: 1, max: 3 }), (all, n) => {
        const before = all.reduce(
          (ledger, { n: who, decision, via }) =>
            count(ledger, press(who, { decision, via })).ledger,
          asked(),
        );
        const once = count(before, press(n));
        const twice = count(once.ledger, press(n));

        if (once.ok) {
          expect(twice).toMatchObject({ ok: true, repeated: true, countedAs: once.countedAs });
          expect(twice.ledger).toBe(once.ledger);
        } else expect(twice).toMatchObject({ ok: false, code: once.code });
      }),
    );
  });
});

describe('who counts as what', () => {
  const role = fc.constantFrom<('operator' | 'approver')[]>(
    [],
    ['operator'],
    ['approver'],
    ['operator', 'approver'],
  );

  it('is one role per person and one person per role, as many as any choice could fill', () => {
    fc.assert(
      fc.property(fc.array(role, { maxLength: 6 }), (people) => {
        const assigned = assignRoles(people);
        const held = assigned.filter((one) => one !== null);

        assigned.forEach((one, index) => {
          if (one !== null) expect(people[index]).toContain(one);
        });
        expect(new Set(held).size).toBe(held.length);
        expect(held.length).toBe(most(people));
      }),
    );
  });

  /** Tries every choice of an operator and another approver. */
  function most(people: readonly (readonly string[])[]): number {
    const able = (wanted: string) =>
      people.flatMap((roles, index) => (roles.includes(wanted) ? [index] : []));
    const [operators, approvers] = [able('operator'), able('approver')];
    if (operators.some((one) => approvers.some((other) => other !== one))) return 2;
    return operators.length + approvers.length > 0 ? 1 : 0;
  }
});
