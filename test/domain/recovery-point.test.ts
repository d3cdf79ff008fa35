import fc from 'fast-check';
import { chooseRecoveryPoint } from '../../shared/domain/incident/recovery-point.js';

const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}T02:00:00Z`;
const points = [20, 19, 18, 17].map((n) => ({ id: `p${n}`, createdDateTime: day(n) }));
const now = '2026-11-20T15:00:00Z';

describe('the recovery point', () => {
  it('is the newest before the first bad change, with its gap, its expiry and the runners-up', () => {
    const point = chooseRecoveryPoint([...points].reverse(), '2026-11-20T14:30:00Z', now);

    expect(point).toMatchObject({
      id: 'p20',
      createdDateTime: day(20),
      gapSeconds: 12.5 * 3600,
      expiresAt: '2026-11-27T02:00:00.000Z',
      reason: expect.stringContaining('12 h 30 min'),
    });
    expect(point.alternatives.map(({ id }) => id)).toEqual(['p19', 'p18', 'p17']);
  });

  it.each([
    ['one second after it', '2026-11-20T02:00:01Z', 'p20'],
    ['at its very instant', '2026-11-20T02:00:00Z', 'p19'],
    ['at its very instant, written more precisely', '2026-11-20T02:00:00.0000000Z', 'p19'],
    ['before all of them', '2026-11-01T00:00:00Z', null],
  ])('for a first bad change %s is %s', (_case, badAt, id) => {
    expect(chooseRecoveryPoint(points, badAt, now).id).toBe(id);
  });

  it('that does not exist is said, with what the plan stands on instead', () => {
    const none = chooseRecoveryPoint([], '2026-11-20T14:30:00Z', now);

    expect(none).toMatchObject({ id: null, createdDateTime: null, gapSeconds: null });
    expect(none.reason).toContain('NO_RECOVERY_POINT');
  });

  it('never lies at or after the first bad change', () => {
    const instant = fc
      .integer({ min: Date.parse(day(1)), max: Date.parse(day(28)) })
      .map((ms) => new Date(ms).toISOString());

    fc.assert(
      fc.property(fc.array(instant), instant, (times, badAt) => {
        const some = times.map((createdDateTime, n) => ({ id: `p${n}`, createdDateTime }));
        const { createdDateTime } = chooseRecoveryPoint(some, badAt, now);

        const before = times.filter((time) => time < badAt).sort();
        expect(createdDateTime).toBe(before.at(-1) ?? null);
      }),
    );
  });
});
