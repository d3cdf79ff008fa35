import { EventSpool } from '../../functions/activities/scope/event-spool.js';
import { groupByObject } from '../../functions/activities/scope/histories.js';
import type { ObjectHistory } from '../../shared/domain/attribution/audit.js';
import { createCase, incidentId, userId } from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';

const rows = Array.from({ length: 300 }, (_, n) =>
  auditRow({
    byId: 'somebody',
    objectId: userId(n % 40),
    at: `2026-11-20T20:${String(n % 60).padStart(2, '0')}:00Z`,
  }),
);
const byId = (a: ObjectHistory, b: ObjectHistory) => (a.objectId < b.objectId ? -1 : 1);

async function spooled(heldRows: number, events = rows): Promise<ObjectHistory[]> {
  const world = createCase();
  await world.open();
  const spool = new EventSpool(world.services, incidentId, 'test', heldRows);
  for (const event of events) await spool.add(event);
  const found: ObjectHistory[] = [];
  for await (const histories of spool.histories()) found.push(...histories);
  return found;
}

describe('rows that are laid aside', () => {
  it.each([1, 7, 299, 300, 301])(
    'give the same histories when %d are held at a time',
    async (held) => {
      const expected = groupByObject(rows).sort(byId);

      expect((await spooled(held)).sort(byId)).toEqual(expected);
    },
  );

  it('come in one order whatever order they arrived in, and no row twice', async () => {
    expect(await spooled(50, [...rows, ...rows].reverse())).toEqual(await spooled(80));
  });

  it('of nothing are nothing', async () => {
    expect(await spooled(10, [])).toEqual([]);
  });
});
