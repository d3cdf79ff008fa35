import { newOffice } from '../../../local/tenant/scenarios/others-at-work.js';
import { forgotten, rehearse, valueIn, type Rehearsal } from './rehearsal.js';

const pairs = (night: Rehearsal, name: string) =>
  night.fact(name).map((text) => {
    const [person = '', group = ''] = text.split('/');
    return { person, group };
  });

describe('membership-wipe: 40 people are taken out of their groups', () => {
  let night: Rehearsal;
  const isMember = ({ person, group }: { person: string; group: string }) =>
    night.now.linked(group, 'members', person);
  beforeAll(async () => {
    night = await rehearse({ scenario: 'membership-wipe', users: 40 });
  }, 60_000);

  it('ends recovered, every planned object read back as planned', () => {
    const { outcome, plan, verification } = night.incident;

    expect(outcome).toBe('recovered');
    expect(verification?.verified).toBe(plan?.objects);
  });

  it('everybody is in the groups they were in, and out of those they do not belong in', () => {
    const away = pairs(night, 'removed').filter((one) => !isMember(one));
    const inside = pairs(night, 'added').filter(isMember);
    const open = [...away, ...inside].map(({ person }) => person);

    expect(forgotten(night, open, () => false)).toEqual([]);
    expect(open.length).toBeLessThan(5);
  });

  it('writes only those memberships', () => {
    const damaged = new Set(
      [...pairs(night, 'removed'), ...pairs(night, 'added')].map(
        ({ person, group }) => `${group} members/${person}`,
      ),
    );
    const written = [...night.written].filter((one) => one.includes(' members/'));

    expect(written.filter((one) => !damaged.has(one))).toEqual([]);
    expect(written.length).toBeGreaterThan(35);
  });

  it('whom others put back or regrouped stays where they put them', () => {
    expect(pairs(night, 'putBack').every(isMember)).toBe(true);
    expect(pairs(night, 'joined').every(isMember)).toBe(true);
    expect(pairs(night, 'left').some(isMember)).toBe(false);
    for (const id of [...night.fact('movedMeanwhile'), ...night.fact('movedAfter')]) {
      expect(valueIn(night.now, id, 'officeLocation')).toBe(newOffice);
    }
  });
});
