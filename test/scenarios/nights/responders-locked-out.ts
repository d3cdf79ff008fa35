import { forgotten, isTouched, rehearse, valueIn, type Rehearsal } from './rehearsal.js';

describe('responders-locked-out: operator and approver are switched off, a policy blocks everybody', () => {
  let night: Rehearsal;
  beforeAll(async () => {
    night = await rehearse({
      scenario: 'responders-locked-out',
      users: 30,
      deciders: { operator: 'breakGlass1', approver: 'breakGlass2' },
    });
  }, 60_000);

  it('names who cannot act, and lets emergency access decide', () => {
    const { warnings, approvals } = night.incident;
    const text = warnings.join();

    expect(text).toContain('Omar Operator');
    expect(text).toContain('Anna Approver');
    expect(approvals.given.map(({ by, via }) => [by.name, via])).toEqual([
      ['breakGlass1', 'http'],
      ['breakGlass2', 'http'],
    ]);
  });

  it('gives the responders and everybody else their accounts back', () => {
    expect(night.incident.outcome).toBe('recovered');
    const isOn = (id: string) => valueIn(night.now, id, 'accountEnabled') === true;
    expect(night.fact('responders').every(isOn)).toBe(true);
    expect(forgotten(night, night.fact('disabled'), isOn)).toEqual([]);
    expect(night.fact('disabled').filter(isOn).length).toBeGreaterThan(20);
    for (const id of night.fact('policySwitchedOff')) {
      expect(valueIn(night.now, id, 'state')).toBe('enabled');
    }
  });

  it('leaves the blocking policy to a decision of people, and emergency access alone', () => {
    const { people } = night.deployment.tenant;

    for (const id of night.fact('blockingPolicy')) expect(night.residualOf(id)).not.toEqual([]);
    for (const { id } of [people.breakGlass1, people.breakGlass2]) {
      expect(isTouched(night, id)).toBe(false);
    }
  });
});
