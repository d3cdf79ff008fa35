import { newOffice, newPhone } from '../../../local/tenant/scenarios/others-at-work.js';
import { forgotten, isTouched, rehearse, valueIn, type Rehearsal } from './rehearsal.js';

describe('attribute-wipe: department and manager of 40 people are emptied', () => {
  let night: Rehearsal;
  beforeAll(async () => {
    night = await rehearse({ scenario: 'attribute-wipe', users: 40 });
  }, 60_000);

  it('ends recovered, every planned object read back as planned', () => {
    const { outcome, plan, verification, execution } = night.incident;

    expect(outcome).toBe('recovered');
    expect(execution).toMatchObject({ failed: 0, skipped: 0 });
    expect(verification?.verified).toBe(plan?.objects);
  });

  it('gives everybody their department back, but for those whom the people system moved since', () => {
    const { before, now } = night;
    const filled = night.fact('filledAgain');
    const isBack = (id: string) =>
      valueIn(now, id, 'department') ===
      (filled.includes(id) ? 'Customer Care' : valueIn(before, id, 'department'));

    expect(forgotten(night, night.fact('damaged'), isBack)).toEqual([]);
    expect(night.fact('damaged').filter(isBack).length).toBeGreaterThan(30);
  });

  it('names each manager that was taken away, with the command that gives it back', () => {
    for (const id of night.fact('hadManager')) {
      const [manager = ''] = night.before.links(id, 'manager');
      const command = `Set-MgUserManagerByRef -UserId '${id}' -BodyParameter @{ '@odata.id' = 'https://graph.microsoft.com/v1.0/users/${manager}' }`;
      expect(night.residualOf(id)).toContainEqual(expect.stringContaining(command));
    }
  });

  it('whoever follows a department by rule is in the group again', () => {
    const { before, now } = night;
    const [crew] = [...now.list('group')].filter(({ properties }) => properties['membershipRule']);
    const left = before
      .links(crew?.id ?? '', 'members')
      .filter((id) => !now.linked(crew?.id ?? '', 'members', id));

    expect(left.filter((id) => valueIn(now, id, 'department') === 'Field Service')).toEqual([]);
  });

  it('leaves what others did before, meanwhile and afterwards', () => {
    for (const name of ['movedBefore', 'movedMeanwhile', 'movedAfter']) {
      for (const id of night.fact(name)) {
        expect(valueIn(night.now, id, 'officeLocation')).toBe(newOffice);
      }
    }
    for (const id of night.fact('ownNumber')) {
      expect(valueIn(night.now, id, 'mobilePhone')).toBe(newPhone);
      expect(isTouched(night, id)).toBe(false);
    }
  });
});
