import { approvedLines } from '../../shared/domain/approval/approval-lines.js';
import { createDoors, ids, policy, type Doors, type Sent, type Who } from '../support/doors.js';
import { incidentId, kinds, plannedUser, put, seedIncident, seedPlan } from '../support/cases.js';

async function prepared(objects?: number) {
  const doors = createDoors();
  await seedIncident(doors);
  const plan = await seedPlan(
    doors,
    objects === undefined ? undefined : Array.from({ length: objects }, (_, i) => plannedUser(i)),
  );
  return { doors, plan };
}

const decide = (doors: Doors, as: Who, body: unknown, more: Sent = {}) =>
  doors.call('decideOverHttp', { as, params: { id: incidentId }, body, ...more });

describe('a plan is approved', () => {
  it('by an operator alone up to 25 objects', async () => {
    const { doors, plan } = await prepared(25);

    const got = await decide(doors, 'operator', {
      decision: 'approve',
      planDigest: plan.digest,
      comment: 'checked',
    });

    expect(got).toMatchObject({ status: 202, body: { countedAs: 'operator', remaining: [] } });
    expect((await doors.store.readLedger(incidentId)).decisions).toMatchObject([
      {
        decision: 'approve',
        by: { id: ids.operator },
        via: 'http',
        comment: 'checked',
        proof: { tokenIdHash: 'hash-of-operator', clientId: ids.console },
      },
    ]);
    expect(doors.wakes).toMatchObject([{ incidentId, event: 'approvalDecided' }]);
    expect(kinds(doors)).toEqual(['opened', 'decision.approve']);
    const entry = doors.store.entries(incidentId).at(-1);
    expect(entry?.summary).toContain('hash-of-operator');
    expect(entry?.summary).toContain(plan.digest);
    const kept = await doors.store.readArtefact(incidentId, entry?.artefact?.sha256 ?? '');
    expect(JSON.parse(Buffer.from(kept).toString())).toEqual(
      (await doors.store.readLedger(incidentId)).decisions[0],
    );
  });

  it('by an operator and an approver above 25, in either order', async () => {
    for (const order of [
      ['operator', 'approver'],
      ['approver', 'operator'],
    ] as const) {
      const { doors, plan } = await prepared(26);
      const body = { decision: 'approve', planDigest: plan.digest };

      const first = await decide(doors, order[0], body);
      const second = await decide(doors, order[1], body);

      expect(first.body).toEqual({ countedAs: order[0], remaining: [order[1]] });
      expect(second.body).toEqual({ countedAs: order[1], remaining: [] });
    }
  });

  it('a line counts when every required person named it', async () => {
    const { doors, plan } = await prepared();
    const body = { decision: 'approve', planDigest: plan.digest };
    await decide(doors, 'operator', { ...body, lines: ['created', 'softDelete'] });
    const early = await linesOf(doors, plan.digest);

    await decide(doors, 'approver', { ...body, lines: ['softDelete', 'lockout'] });

    expect(early).toEqual([]);
    expect(await linesOf(doors, plan.digest)).toEqual(['softDelete']);
    expect(doors.store.entries(incidentId)[1]?.summary).toContain('created, softDelete');
  });

  it('a repetition is answered alike and counted once', async () => {
    const { doors, plan } = await prepared();
    const body = { decision: 'approve', planDigest: plan.digest };
    const first = await decide(doors, 'operator', body);

    const again = await decide(doors, 'operator', body);

    expect(again).toMatchObject({ status: 202, body: first.body });
    expect((await doors.store.readLedger(incidentId)).decisions).toHaveLength(1);
    expect(kinds(doors)).toEqual(['opened', 'decision.approve']);
  });

  it('twenty presses of one person at once count once', async () => {
    const { doors, plan } = await prepared();
    const body = { decision: 'approve', planDigest: plan.digest };

    const got = await Promise.all(
      Array.from({ length: 20 }, () => decide(doors, 'operator', body)),
    );

    expect(new Set(got.map(({ status }) => status))).toEqual(new Set([202]));
    expect((await doors.store.readLedger(incidentId)).decisions).toHaveLength(1);
  });

  it('a repetition after the end is still answered, and starts nothing', async () => {
    const { doors, plan } = await prepared(1);
    const body = { decision: 'approve', planDigest: plan.digest };
    await decide(doors, 'operator', body);
    await doors.store.updateIncident(incidentId, (open) => ({ ...open, state: 'closed' }));

    const again = await decide(doors, 'operator', body);

    expect(again).toMatchObject({ status: 202, body: { countedAs: 'operator' } });
  });

  it('a decision counts from the moment it was asked for, before the document says so', async () => {
    const { doors, plan } = await prepared(1);
    await doors.store.updateIncident(incidentId, (open) => ({ ...open, state: 'previewing' }));

    const got = await decide(doors, 'operator', {
      decision: 'approve',
      planDigest: plan.digest,
    });

    expect(got.status).toBe(202);
  });

  it('a crash before the record is made good by the repetition', async () => {
    const { doors, plan } = await prepared(1);
    const body = { decision: 'approve', planDigest: plan.digest };
    doors.store.failWrite(3);
    expect((await decide(doors, 'operator', body)).status).toBe(500);
    expect(kinds(doors)).toEqual(['opened']);
    expect((await doors.store.readLedger(incidentId)).decisions).toEqual([]);

    const again = await decide(doors, 'operator', body);

    expect(again.status).toBe(202);
    expect(kinds(doors)).toEqual(['opened', 'decision.approve']);
    expect(doors.wakes).toHaveLength(1);
  });
});

describe('a ledger that somebody else has written', () => {
  it('gives nobody an approval, and holds up none', async () => {
    const { doors, plan } = await prepared();
    const body = { decision: 'approve', planDigest: plan.digest };
    await decide(doors, 'operator', body);
    await doors.store.updateLedger(incidentId, (ledger) => ({
      ...ledger,
      decisions: ledger.decisions.flatMap((one) => [
        one,
        { ...one, by: { id: ids.approver, name: 'x' }, countedAs: 'approver' as const },
      ]),
    }));

    const after = await decide(doors, 'operator', body);
    const got = await decide(doors, 'approver', body);

    expect(after.body).toEqual({ countedAs: 'operator', remaining: ['approver'] });
    expect(got.body).toEqual({ countedAs: 'approver', remaining: [] });
    expect((await doors.store.readLedger(incidentId)).decisions.map(({ by }) => by.id)).toEqual([
      ids.operator,
      ids.approver,
    ]);
  });

  it('does not keep a person from saying no where a line of theirs says yes', async () => {
    const { doors, plan } = await prepared(1);
    const body = { decision: 'approve', planDigest: plan.digest };
    const scratch = await prepared(1);
    await decide(scratch.doors, 'operator', body);
    const { decisions } = await scratch.doors.store.readLedger(incidentId);
    await doors.store.updateLedger(incidentId, (ledger) => ({ ...ledger, decisions }));

    const got = await decide(doors, 'operator', { ...body, decision: 'reject' });

    expect(got.status).toBe(202);
    expect(kinds(doors)).toEqual(['opened', 'decision.reject']);
  });
});

describe('a decision that does not count', () => {
  type Change = (doors: Doors, digest: string) => Promise<unknown>;
  const nothing: Change = () => Promise.resolve();
  const state =
    (value: 'closed'): Change =>
    (doors) =>
      doors.store.updateIncident(incidentId, (open) => ({ ...open, state: value }));
  const approve = (digest: string): unknown => ({ decision: 'approve', planDigest: digest });
  const other = `sha256:${'0'.repeat(64)}`;

  const rows: readonly [
    title: string,
    who: Who,
    before: Change,
    body: (digest: string) => unknown,
    status: number,
    code: string,
  ][] = [
    ['the actor, with every role and pin', 'actor', nothing, approve, 403, 'DECIDER_IS_ACTOR'],
    [
      'an actor named after the plan was asked for',
      'operator',
      (doors) =>
        doors.store.updateIncident(incidentId, (open) => ({
          ...open,
          actors: [...open.actors, { ...open.actors[0]!, id: ids.operator.toUpperCase() }],
        })),
      approve,
      403,
      'DECIDER_IS_ACTOR',
    ],
    [
      'a diagnostician who is pinned too',
      'approver',
      (doors) =>
        doors.store.updateLedger(incidentId, (ledger) => ({
          ...ledger,
          requests: ledger.requests.map((request) => ({
            ...request,
            diagnosticians: [{ id: ids.approver, name: 'approver' }],
          })),
        })),
      approve,
      403,
      'DECIDER_IS_DIAGNOSTICIAN',
    ],
    ['a person with all roles and no pin', 'unpinned', nothing, approve, 403, 'DECIDER_NOT_PINNED'],
    [
      'a person whom the policy no longer names',
      'approver',
      async (doors) => {
        const { people } = policy;
        const { policyInForce } = doors;
        policyInForce.policy = { ...policy, people: { ...people, approvers: [] } };
      },
      approve,
      403,
      'DECIDER_NOT_PINNED',
    ],
    ['another digest', 'operator', nothing, () => approve(other), 409, 'PLAN_SUPERSEDED'],
    [
      'a plan whose actors were named anew',
      'operator',
      (doors) => put(doors, 'actors', { version: 1, add: [], remove: [ids.actor], by: [] }),
      approve,
      409,
      'PLAN_SUPERSEDED',
    ],
    [
      'a plan whose window was widened',
      'operator',
      (doors) =>
        doors.store.updateIncident(incidentId, (open) => ({
          ...open,
          window: { ...open.window, to: '2026-11-20T22:00:00.000Z' },
        })),
      approve,
      409,
      'PLAN_SUPERSEDED',
    ],
    [
      'a plan that would come out otherwise by its recovery point',
      'operator',
      async (doors) => {
        const known = await doors.store.readDocument(incidentId, 'plan');
        const { body } = known as unknown as { body: { recoveryPointId: string } };
        const values = { pointId: body.recoveryPointId, index: 'sha256:1' };
        const answer = { ...values, agreesWith: null, at: '' };
        await put(doors, 'point-check', { asked: 1, ended: 1, values, answer });
      },
      approve,
      409,
      'PLAN_SUPERSEDED',
    ],
    [
      'after the expiry',
      'operator',
      async (doors) => doors.advance(5 * 3_600_000),
      approve,
      409,
      'APPROVAL_EXPIRED',
    ],
    [
      'the other decision of the same person',
      'operator',
      (doors, digest) => decide(doors, 'operator', approve(digest)),
      (digest) => ({ decision: 'reject', planDigest: digest }),
      409,
      'DECIDER_ALREADY_DECIDED',
    ],
    [
      'after a rejection',
      'operator',
      (doors, digest) => decide(doors, 'approver', { decision: 'reject', planDigest: digest }),
      approve,
      409,
      'NOT_AWAITING_APPROVAL',
    ],
    ['a closed incident', 'operator', state('closed'), approve, 409, 'INCIDENT_CLOSED'],
    [
      'a cancelled incident',
      'operator',
      (doors) => put(doors, 'marks', { cancel: { by: {}, at: '' }, hold: null }),
      approve,
      409,
      'NOT_AWAITING_APPROVAL',
    ],
  ];

  it.each(rows)('%s', async (_, who, before, bodyOf, status, code) => {
    const { doors, plan } = await prepared();
    await before(doors, plan.digest);
    const decided = (await doors.store.readLedger(incidentId)).decisions.length;
    const woken = doors.wakes.length;

    const got = await decide(doors, who, bodyOf(plan.digest));

    expect(got).toMatchObject({ status, body: { code } });
    const ledger = await doors.store.readLedger(incidentId);
    expect(ledger.decisions).toHaveLength(decided);
    expect(ledger.refusals.at(-1)).toMatchObject({ by: { id: ids[who] }, code, via: 'http' });
    expect(doors.store.entries(incidentId).at(-1)).toMatchObject({
      kind: 'decision.refused',
      by: { id: ids[who] },
    });
    expect(doors.wakes).toHaveLength(woken);
  });

  it('before any plan there is nothing to decide', async () => {
    const doors = createDoors();
    await seedIncident(doors);

    const got = await decide(doors, 'operator', approve(other));

    expect(got).toMatchObject({ status: 409, body: { code: 'NOT_AWAITING_APPROVAL' } });
  });

  it('a person who hammers fills neither the record nor the ledger', async () => {
    const { doors } = await prepared();
    for (let attempt = 0; attempt < 210; attempt += 1) {
      const guessed = `sha256:${attempt.toString(16).padStart(64, '0')}`;
      await decide(doors, 'unpinned', approve(attempt < 100 ? other : guessed));
    }

    expect(kinds(doors)).toEqual(['opened', 'decision.refused']);
    expect((await doors.store.readLedger(incidentId)).refusals).toHaveLength(200);
  });
});

async function linesOf(doors: Doors, digest: string) {
  const ledger = await doors.store.readLedger(incidentId);
  return approvedLines(ledger, policy, digest, new Date(doors.now()).toISOString());
}
