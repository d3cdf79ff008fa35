import { closePlan } from '../../functions/activities/plan/close-plan.js';
import {
  readPlan,
  readPlanned,
  type PlanDocument,
} from '../../functions/activities/plan/plan-file.js';
import { runScopedPreview } from '../../functions/activities/plan/run-scoped-preview.js';
import { canonicalText, digestOf } from '../../shared/digest.js';
import type { AuditEvent, ObjectHistory } from '../../shared/domain/attribution/audit.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import { emptyCounts, mergeCounts } from '../../shared/domain/plan/plan-building.js';
import {
  actor,
  createCase,
  damagedUser,
  incidentId,
  policyWith,
  scopeDigest,
  userId,
  type Case,
} from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';

const recoveryPoint = {
  id: null,
  createdDateTime: null,
  gapSeconds: null,
  expiresAt: null,
  reason: 'there is no backup',
  alternatives: [],
};

const history = (number: number, events: readonly AuditEvent[]): ObjectHistory => ({
  objectId: userId(number),
  objectType: 'user',
  name: `User ${number}`,
  events,
});

const disabled = (number: number, over: Partial<AuditEvent> = {}): AuditEvent =>
  auditRow({ byId: actor.id, objectId: userId(number), ...over });

async function preview(world: Case, histories: readonly ObjectHistory[]) {
  const text = histories.map((line) => `${canonicalText(line)}\n`).join('');
  const { sha256 } = await world.store.putArtefact(incidentId, 'history', text);
  return runScopedPreview(world.services, {
    ...{ incidentId, version: 1, actors: [actor], recoveryPointAt: null },
    historyChunk: { sha256, objects: histories.length },
  });
}

/** A world with `count` disabled users, previewed. */
async function previewed(count = 3) {
  const world = createCase();
  await world.open();
  const numbers = Array.from({ length: count }, (_, number) => number);
  world.directory.put(...numbers.map((number) => damagedUser(number)));
  const drawn = await preview(
    world,
    numbers.map((number) => history(number, [disabled(number)])),
  );
  return { world, drawn };
}

type Drawn = Awaited<ReturnType<typeof preview>>;

const close = (
  world: Case,
  drawn: readonly Drawn[],
  over: Partial<Parameters<typeof closePlan>[1]> = {},
) =>
  closePlan(world.services, {
    ...{ incidentId, version: 1, provisional: false, scopeDigest, recoveryPoint },
    chunks: drawn.map(({ chunk }) => chunk),
    counts: drawn.reduce((sum, { counts }) => mergeCounts(sum, counts), emptyCounts()),
    ...over,
  });

async function linesOf(world: Case, sha256: string): Promise<PlannedObject[]> {
  const text = Buffer.from(await world.store.readArtefact(incidentId, sha256)).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PlannedObject);
}

describe('the preview', () => {
  it('changes nothing and counts every difference once', async () => {
    const { world, drawn } = await previewed(3);

    expect(world.directory.batches).toEqual([]);
    expect(drawn.chunk).toMatchObject({ objects: 3, planned: 3 });
    expect(drawn.counts).toMatchObject({ objects: 3, byClass: { actorOnly: 3 } });
  });

  it('plans nothing for what is right again, for what others did, and for a protected object', async () => {
    const world = createCase();
    world.inForce.policy = policyWith({ protected: { neverTouchIds: [userId(2)] } });
    await world.open();
    world.directory.put(
      damagedUser(0, { properties: { accountEnabled: true } }),
      damagedUser(1),
      damagedUser(2),
    );

    const drawn = await preview(world, [
      history(0, [disabled(0)]),
      history(1, [disabled(1, { by: { ...disabled(1).by, id: 'somebody else' } })]),
      history(2, [disabled(2)]),
    ]);

    expect(drawn.counts.objects).toBe(0);
    expect(drawn.chunk).toMatchObject({ objects: 3, planned: 0 });
  });

  it('never plans a value that the row does not state', async () => {
    const world = createCase();
    await world.open();
    world.directory.put(damagedUser(0));
    const unknown = { known: false, why: 'cut' } as const;
    const changes = [{ ...disabled(0).changes[0]!, before: unknown }];

    const drawn = await preview(world, [history(0, [disabled(0, { changes })])]);

    expect(drawn.counts.byAction.update).toBe(0);
    expect(drawn.unknowns).toBeGreaterThan(0);
  });

  it('lists an object that nobody can read any more as lost, never as planned', async () => {
    const world = createCase();
    await world.open();

    const drawn = await preview(world, [history(0, [disabled(0)])]);

    expect(drawn.counts).toMatchObject({ objects: 0, byClass: { lost: 1 } });
  });

  it('run twice gives the same bytes', async () => {
    const { world } = await previewed(20);
    const histories = Array.from({ length: 20 }, (_, number) =>
      history(number, [disabled(number, { id: `Directory_${number}` })]),
    );

    const first = await preview(world, histories);
    const again = await preview(world, histories);

    expect(again.chunk.sha256).toBe(first.chunk.sha256);
  });
});

describe('a closed plan', () => {
  it('has the digest of its own text, which covers lines, policy, scope, version and expiry', async () => {
    const { world, drawn } = await previewed();

    const { digest } = await close(world, [drawn]);

    const plan = await readPlan(world.services, incidentId, digest);
    expect(digestOf(plan.body)).toBe(digest);
    expect(plan.body).toMatchObject({
      ...{ tenantId: world.services.tenantId, incidentId, scopeDigest, version: 1 },
      policyDigest: world.inForce.digest,
      chunks: [drawn.chunk],
      expiresAt: new Date(world.clock.now() + 240 * 60_000).toISOString(),
    });
    expect(plan.view.warnings.join()).toContain('NO_RECOVERY_POINT');
  });

  it('run again after an interruption is the same plan, not another one with a later expiry', async () => {
    const { world, drawn } = await previewed();
    const first = await close(world, [drawn]);
    world.clock.advance(30_000);

    const again = await close(world, [drawn]);

    expect(again).toEqual(first);
    expect(world.summaries('plan')).toHaveLength(1);
  });

  it.each(Array.from({ length: 7 }, (_, index) => index + 1))(
    'survives a crash at write %i of the store',
    async (place) => {
      const { world, drawn } = await previewed();
      world.store.failWrite(place);
      await close(world, [drawn]).catch(() => null);
      world.store.failWrite(0);

      const { digest } = await close(world, [drawn]);

      expect((await readPlan(world.services, incidentId, digest)).digest).toBe(digest);
    },
  );

  it('of the same preview after its expiry is a new plan', async () => {
    const { world, drawn } = await previewed();
    const first = await close(world, [drawn]);
    world.clock.advance(241 * 60_000);

    expect((await close(world, [drawn])).digest).not.toBe(first.digest);
  });

  it('takes the warnings of the version before it off the incident', async () => {
    const { world, drawn } = await previewed();
    const { view } = await close(world, [drawn]);
    await world.store.updateIncident(incidentId, (open) => ({
      ...open,
      plan: view,
      warnings: [...open.warnings, 'A card was not delivered.'],
    }));

    const point = { ...recoveryPoint, id: 'point-1', createdDateTime: '2026-11-20T02:00:00Z' };
    await close(world, [drawn], { version: 2, recoveryPoint: point });

    expect((await world.incident()).warnings).toEqual(['A card was not delivered.']);
  });

  it('that is provisional leaves no warning and can be neither decided nor executed', async () => {
    const { world, drawn } = await previewed();

    const { digest } = await close(world, [drawn], { provisional: true });

    expect((await world.incident()).warnings).toEqual([]);
    await expect(readPlan(world.services, incidentId, digest)).rejects.toMatchObject({
      code: 'INVARIANT_BROKEN',
      message: expect.stringContaining('provisional') as string,
    });
    for (const name of ['requestApproval', 'readStanding', 'executeRecovery'] as const) {
      const input = { incidentId, planDigest: digest, planVersion: 1 };
      const wave = { wave: 1, from: 0, to: 1, canary: true };
      const answer = await world.handlers[name]({ ...input, ...wave });
      expect(answer).toMatchObject({ refused: { code: 'INVARIANT_BROKEN' } });
    }
  });

  it('rests on the window and the actors of its scope, not on what came while it was drawn', async () => {
    const { world, drawn } = await previewed();
    const reportedWindow = (await world.incident()).window;
    await world.put('actors', { version: 3, add: [], remove: ['x'], by: [] });
    await world.store.updateIncident(incidentId, (open) => ({
      ...open,
      window: { ...open.window, from: '2026-11-20T19:00:00.000Z' },
    }));

    await close(world, [drawn], { reportedWindow, actorsVersion: 2 });

    const plan = await world.store.readDocument<never>(incidentId, 'plan');
    expect(plan).toMatchObject({
      basis: { actorsVersion: 2, windowFrom: reportedWindow.from, windowTo: reportedWindow.to },
    });
  });

  it('whose body was changed behind its digest is refused', async () => {
    const { world, drawn } = await previewed();
    const { digest } = await close(world, [drawn]);
    const stored = (await world.store.readDocument<never>(
      incidentId,
      'plan',
    )) as unknown as PlanDocument;
    await world.put('plan', {
      ...stored,
      body: { ...stored.body, expiresAt: '2027-01-01T00:00:00Z' },
    });

    await expect(readPlan(world.services, incidentId, digest)).rejects.toMatchObject({
      code: 'INVARIANT_BROKEN',
    });
  });
});

describe('planned objects', () => {
  it('are found by their place among those with an action, across chunks', async () => {
    const world = createCase();
    await world.open();
    const lines = Array.from({ length: 1100 }, (_, number) => ({
      ...{ objectId: userId(number), objectType: 'user' as const, displayName: '' },
      ...{ privileged: false, residual: [] },
      deltas: number % 10 === 0 ? [] : [plannedDelta],
    }));
    const digest = await world.plan(lines);
    const { body } = await readPlan(world.services, incidentId, digest);
    const all = lines.filter(({ deltas }) => deltas.length > 0).map(({ objectId }) => objectId);

    for (const [from, to] of [
      [0, 1],
      [440, 460],
      [0, 990],
      [899, 990],
    ] as const) {
      const found = await readPlanned(world.services, incidentId, body, from, to);
      expect(found.map(({ objectId }) => objectId)).toEqual(all.slice(from, to));
    }
  });

  it('of a chunk that was altered on the disk are refused', async () => {
    const { world, drawn } = await previewed();
    const { digest } = await close(world, [drawn]);
    const { body } = await readPlan(world.services, incidentId, digest);
    const [line] = await linesOf(world, drawn.chunk.sha256);
    world.store.tamper(incidentId, drawn.chunk.sha256, `${canonicalText(line)}\n`.repeat(3));

    await expect(readPlanned(world.services, incidentId, body, 0, 3)).rejects.toMatchObject({
      code: 'INVARIANT_BROKEN',
    });
  });
});

const plannedDelta = {
  ...({ property: 'accountEnabled', class: 'actorOnly', action: 'update', reason: '' } as const),
  then: { known: true, value: true } as const,
  now: { known: true, value: false } as const,
  evidence: [],
};
