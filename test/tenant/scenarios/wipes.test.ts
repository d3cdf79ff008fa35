import { newOffice, newPhone } from '../../../local/tenant/scenarios/others-at-work.js';
import { differing, fact, membershipsDiffering, start, together, world } from './scenario-world.js';

const byOthers = ['movedBefore', 'movedMeanwhile', 'ownNumber'];

describe('attribute-wipe', () => {
  it('the actor empties department and manager of exactly the number asked for', () => {
    const made = world('attribute-wipe', 300);
    const then = made.directory.asOf(start - 10 * 60_000);
    const { now } = made.directory;

    expect(fact(made, 'damaged')).toHaveLength(300);
    for (const id of fact(made, 'damaged')) {
      expect(then.get(id)?.properties['department']).toEqual(expect.any(String));
      expect(now.links(id, 'manager')).toEqual([]);
      const filled = fact(made, 'filledAgain').includes(id);
      expect(now.get(id)?.properties['department']).toBe(filled ? 'Customer Care' : null);
    }
    expect(fact(made, 'filledAgain')).toHaveLength(3);
    expect(fact(made, 'hadManager').length).toBeGreaterThan(200);
    for (const id of fact(made, 'hadManager')) expect(then.links(id, 'manager')).toHaveLength(1);
  });

  it('nothing differs from the snapshot but what the facts name', () => {
    const made = world('attribute-wipe', 100);

    expect(differing(made)).toEqual(together(made, ['damaged', ...byOthers]));
  });

  it('whose department a group follows left that group', () => {
    const made = world('attribute-wipe', 200);
    const then = made.directory.asOf(made.snapshots[0] ?? 0);
    const changed = membershipsDiffering(made).map((pair) => pair.slice(0, 36));

    expect(changed.length).toBeGreaterThan(5);
    for (const id of changed) {
      expect(fact(made, 'damaged')).toContain(id);
      expect(then.get(id)?.properties['department']).toBe('Field Service');
    }
  });
});

describe('membership-wipe', () => {
  it('exactly the memberships that the facts name are gone or new', () => {
    const made = world('membership-wipe', 120);

    expect(fact(made, 'damaged')).toHaveLength(120);
    expect(fact(made, 'removed').length).toBeGreaterThan(100);
    expect(fact(made, 'added')).toHaveLength(12);
    expect(fact(made, 'putBack').length).toBeGreaterThan(0);
    expect(membershipsDiffering(made)).toEqual(
      together(made, ['removed', 'added', 'left', 'joined']),
    );
  });

  it('nobody but the regrouped changed groups for good reasons, and no property of the damaged changed', () => {
    const made = world('membership-wipe', 120);

    expect(fact(made, 'left')).toHaveLength(5);
    expect(fact(made, 'joined')).toHaveLength(5);
    expect(differing(made)).toEqual(together(made, byOthers));
  });
});

describe('what others do in both', () => {
  it.each(['attribute-wipe', 'membership-wipe'])('%s: before, meanwhile and after', (name) => {
    const made = world(name, 48);
    const office = (id: string) => made.directory.object(id).properties['officeLocation'];

    for (const id of [...fact(made, 'movedBefore'), ...fact(made, 'movedMeanwhile')]) {
      expect(office(id)).toBe(newOffice);
    }
    for (const id of fact(made, 'ownNumber')) {
      expect(made.directory.object(id).properties['mobilePhone']).toBe(newPhone);
    }
    for (const id of fact(made, 'movedAfter')) expect(office(id)).not.toBe(newOffice);
    made.directory.advance(start + 30_000);
    for (const id of fact(made, 'movedAfter')) expect(office(id)).toBe(newOffice);
    for (const times of ['movedBefore', 'movedMeanwhile', 'movedAfter']) {
      const damaged = fact(made, times).filter((id) => fact(made, 'damaged').includes(id));
      expect(damaged).toHaveLength(3);
    }
  });
});
