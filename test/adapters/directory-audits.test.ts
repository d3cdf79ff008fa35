import { createDirectoryAudits } from '../../shared/adapters/graph/directory-audits.js';
import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import { compareInstants } from '../../shared/domain/instants.js';
import type { Window } from '../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../shared/domain/identities.js';
import type { AuditLog } from '../../shared/ports/audit-log.js';
import { createGraphClient } from '../../shared/adapters/graph/client.js';
import { answer, countingCredential, frozenClock, graphError, scripted } from './scripted.js';
import { reportQuota, start, tenantRig, type TenantRig } from './tenant-rig.js';

const hour = 3_600_000;
const window: Window = {
  from: new Date(start - 24 * hour).toISOString(),
  to: new Date(start + hour).toISOString(),
};

function auditsOf(rig: TenantRig): AuditLog {
  return createDirectoryAudits({ client: rig.client, clock: rig.clock, quota: reportQuota });
}

async function all(events: AsyncIterable<AuditEvent>): Promise<AuditEvent[]> {
  const found: AuditEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

const actorOf = ({ tenant }: TenantRig): ActorRef => ({
  kind: 'user',
  id: tenant.people.actor.id,
  name: 'actor',
});

describe('the audit trail over Graph', () => {
  it("brings a person's writes oldest first, once each, whatever the paging", async () => {
    const rig = tenantRig({ scenario: 'bulk-disable', users: 1200 });
    await rig.clock.sleep(hour);

    const events = await all(auditsOf(rig).readWrites([actorOf(rig)], window));

    const disabled = events.filter(({ changes }) =>
      changes.some(({ property }) => property === 'AccountEnabled'),
    );
    expect(new Set(disabled.map(({ objectId }) => objectId)).size).toBe(1200);
    expect(events.every(({ by }) => by.id === rig.tenant.people.actor.id)).toBe(true);
    expect(
      events.every(
        (event, index) =>
          index === 0 || compareInstants((events[index - 1] as AuditEvent).at, event.at) <= 0,
      ),
    ).toBe(true);
    expect(
      new Set(events.map((event) => `${event.id}|${event.objectId}|${event.groupId}`)).size,
    ).toBe(events.length);
  });

  it("brings an application's writes although no filter finds them", async () => {
    const rig = tenantRig({ scenario: 'bulk-disable' });
    const { ourServicePrincipalId } = rig.tenant.world.ids;
    const id = rig.tenant.people.responder.id;
    await rig.directory.writeBatch([
      { kind: 'update', objectId: id, objectType: 'user', properties: { jobTitle: 'Lead' } },
    ]);
    await rig.clock.sleep(hour / 2);
    const us: ActorRef = { kind: 'servicePrincipal', id: ourServicePrincipalId, name: 'us' };

    const events = await all(auditsOf(rig).readWrites([us], window));

    expect(events.map(({ objectId }) => objectId)).toContain(id);
    expect(events.every(({ by }) => by.kind === 'servicePrincipal')).toBe(true);
  });

  it('histories hold what everybody did to the objects of the actor, and nothing else', async () => {
    const rig = tenantRig({ scenario: 'mixed' });
    await rig.clock.sleep(hour);
    const audits = auditsOf(rig);
    const written = new Set(
      (await all(audits.readWrites([actorOf(rig)], window))).map(({ objectId }) => objectId),
    );

    const histories = await all(audits.readHistories([actorOf(rig)], window, window));

    const shared = rig.tenant.world.facts['alsoChangedByOthers'] ?? [];
    const byOthers = histories.filter(({ by }) => by.id !== rig.tenant.people.actor.id);
    expect(byOthers.map(({ objectId }) => objectId)).toEqual(expect.arrayContaining([...shared]));
    expect(
      histories.every(
        ({ objectId, groupId }) => written.has(objectId) || written.has(groupId ?? ''),
      ),
    ).toBe(true);
  });

  it('few objects are asked for one by one, many by reading the window', async () => {
    const rig = tenantRig({ scenario: 'mixed' });
    await rig.clock.sleep(hour);
    const ids = [...(rig.tenant.world.facts['damaged'] ?? [])];
    const audits = auditsOf(rig);

    const few = await all(audits.readObjectEvents(ids.slice(0, 3), window));
    const many = await all(audits.readObjectEvents(ids, window));

    expect(new Set(few.map(({ objectId }) => objectId)).size).toBeLessThanOrEqual(3);
    expect(many).toEqual(expect.arrayContaining(few));
  });

  it('writers are counted by rows, busiest first', async () => {
    const rig = tenantRig({ scenario: 'bulk-disable', users: 60 });
    await rig.clock.sleep(hour);

    const writers = await auditsOf(rig).countWriters(
      { ...window, from: new Date(start - hour).toISOString() },
      3,
    );

    expect(writers[0]).toMatchObject({ kind: 'user', id: rig.tenant.people.actor.id });
    expect(writers[0]?.rows).toBeGreaterThanOrEqual(60);
    expect(writers.length).toBeLessThanOrEqual(3);
  });

  it('never asks more than five times in ten seconds', async () => {
    const page = (next?: number) =>
      answer(200, {
        value: [],
        ...(next !== undefined && {
          '@odata.nextLink': `https://graph.example/v1.0/auditLogs/directoryAudits?$skiptoken=${next}`,
        }),
      });
    const clock = frozenClock();
    const times: number[] = [];
    const { fetch } = scripted(
      ...Array.from({ length: 12 }, (_, index) => () => {
        times.push(clock.now());
        return page(index < 11 ? index : undefined);
      }),
    );
    const client = createGraphClient({
      endpoint: 'https://graph.example',
      credential: countingCredential(),
      clock,
      fetch,
    });

    await all(
      createDirectoryAudits({ client, clock, quota: reportQuota }).readObjectEvents(
        Array.from({ length: 30 }, (_, i) => `x${i}`),
        window,
      ),
    );

    expect(times).toHaveLength(12);
    for (const [index, time] of times.entries()) {
      const sixthBefore = times[index - 5];
      if (sixthBefore !== undefined) expect(time - sixthBefore).toBeGreaterThanOrEqual(10_000);
    }
  });

  it('a row that cannot be read makes the answer unusable instead of shorter', async () => {
    const clock = frozenClock();
    const { fetch } = scripted(answer(200, { value: [{ activityDisplayName: 'Update user' }] }));
    const client = createGraphClient({
      endpoint: 'https://graph.example',
      credential: countingCredential(),
      clock,
      fetch,
    });
    const audits = createDirectoryAudits({ client, clock, quota: reportQuota });

    await expect(
      all(audits.readWrites([{ kind: 'user', id: 'x', name: 'x' }], window)),
    ).rejects.toMatchObject({
      code: 'GRAPH_UNAVAILABLE',
    });
  });

  it('a tenant without sign-in reports gives none, another refusal is a refusal', async () => {
    const clock = frozenClock();
    const code = 'Authentication_RequestFromNonPremiumTenantOrB2CTenant';
    const auditsAnswering = (response: Response) =>
      createDirectoryAudits({
        client: createGraphClient({
          endpoint: 'https://graph.example',
          credential: countingCredential(),
          clock,
          fetch: scripted(response).fetch,
        }),
        clock,
        quota: reportQuota,
      });

    expect(await auditsAnswering(graphError(403, code)).readSignIns(['x'], window.from)).toEqual(
      [],
    );
    await expect(
      auditsAnswering(graphError(403, 'Forbidden')).readSignIns(['x'], window.from),
    ).rejects.toMatchObject({ code: 'GRAPH_REJECTED' });
  });

  it.each(["2026-11-20' or 1 eq 1", '', 'yesterday'])(
    'the time %j never becomes part of a filter',
    async (from) => {
      const rig = tenantRig({ scenario: 'quiet' });

      await expect((async () => auditsOf(rig).readSignIns(['x'], from))()).rejects.toMatchObject({
        code: 'INVARIANT_BROKEN',
      });
    },
  );
});
