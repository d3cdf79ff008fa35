import fc from 'fast-check';
import {
  acquire,
  nobody,
  release,
  takeOver,
  type Holding,
} from '../../shared/domain/native/tenant-jobs.js';

const at = (minutes: number): string =>
  new Date(Date.UTC(2026, 10, 21) + minutes * 60_000).toISOString();

test('whoever holds it renews it; others wait until it has run out, and then ask before they take it', () => {
  const { holding } = acquire(nobody, 'a', at(0));
  expect(acquire(holding, 'a', at(5)).holding.until).toBe(at(15));
  expect(acquire(holding, 'b', at(5))).toMatchObject({ granted: false, expired: false });
  expect(acquire(holding, 'b', at(10))).toMatchObject({ granted: false, expired: true });
  expect(takeOver(holding, 'b', at(9), 'a').granted).toBe(false);
  expect(takeOver(holding, 'b', at(10), 'c').granted).toBe(false);
  expect(takeOver(holding, 'b', at(10), 'a')).toMatchObject({
    granted: true,
    holding: { owner: 'b' },
  });
});

test('only the holder gives it back', () => {
  const { holding } = acquire(nobody, 'a', at(0));
  expect(release(holding, 'b')).toEqual(holding);
  expect(release(holding, 'a')).toEqual(nobody);
});

test('never two at a time, whatever the order of requests', () => {
  const step = fc.record({
    who: fc.constantFrom('a', 'b', 'c'),
    what: fc.constantFrom('acquire', 'takeOver', 'release'),
    after: fc.integer({ min: 0, max: 15 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let holding: Holding = nobody;
      let now = 0;
      for (const { who, what, after } of steps) {
        now += after;
        const before: Holding = holding;
        if (what === 'release') {
          holding = release(holding, who);
          continue;
        }
        const held =
          what === 'acquire'
            ? acquire(holding, who, at(now))
            : takeOver(holding, who, at(now), holding.owner ?? '');
        const isOthers = before.owner !== null && before.owner !== who;
        const isLive = before.until !== null && Date.parse(before.until) > Date.parse(at(now));
        expect(held.granted && isOthers && isLive).toBe(false);
        expect(held.granted && isOthers && what === 'acquire').toBe(false);
        holding = held.holding;
      }
    }),
  );
});
