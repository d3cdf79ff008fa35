import { AuditTrail } from '../../../local/tenant/directory/audit-trail.js';
import { hour, minute, second } from '../../../local/tenant/directory/instants.js';
import { seeded } from '../../../local/tenant/directory/random.js';

const start = Date.UTC(2026, 10, 20, 14, 30);
const rows = 4000;

const row = {
  category: 'UserManagement',
  activity: 'Update user',
  operationType: 'Update',
  by: { kind: 'app', servicePrincipalId: null, displayName: 'MS-PIM' },
  targets: [],
} as const;

type Arrival = 'logsAt' | 'graphAt';

/** Delays of many rows, ascending, milliseconds. */
function delays(trail: AuditTrail, from: number, arrival: Arrival): number[] {
  return Array.from({ length: rows }, (_, index) => from + index)
    .map((at) => trail.write(row, at)[arrival] - at)
    .sort((one, other) => one - other);
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(sorted.length * share)] ?? NaN;

describe('the delay until a row can be read', () => {
  it.each(['logsAt', 'graphAt'] as const)(
    'is the same in the written past as afterwards, so that a measured %s tells what is to come',
    (arrival) => {
      const trail = new AuditTrail(seeded(1, 'trail'), 1, start);
      const past = delays(trail, start - hour, arrival);
      trail.goLive();
      const living = delays(trail, start, arrival);

      for (const share of [0.5, 0.9, 0.99]) {
        const [then, now] = [percentile(past, share), percentile(living, share)];
        expect(Math.abs(then - now)).toBeLessThan(20 * second);
      }
    },
  );

  it('is minutes for one row in a hundred, and never more than eight', () => {
    const past = delays(new AuditTrail(seeded(1, 'trail'), 1, start), start - hour, 'logsAt');

    expect(percentile(past, 0.99)).toBeGreaterThan(6.5 * minute);
    expect(past.at(-1)).toBeLessThan(8 * minute);
  });

  it('of what was written just before the start is cut short, since the past can be read by then', () => {
    const trail = new AuditTrail(seeded(1, 'trail'), 1, start);
    const written = Array.from({ length: 200 }, () => trail.write(row, start - minute));

    for (const { logsAt, graphAt } of written) {
      expect(Math.max(logsAt, graphAt)).toBeLessThan(start);
    }
  });
});
