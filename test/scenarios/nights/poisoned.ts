import { forgotten, isTouched, rehearse, valueIn, type Rehearsal } from './rehearsal.js';

describe('poisoned: the actor prepared before the newest snapshots', () => {
  let night: Rehearsal;
  beforeAll(async () => {
    night = await rehearse({ scenario: 'poisoned', users: 30 });
  }, 60_000);

  it('warns of each thing the actor prepared, and offers the points before it', () => {
    const warning = night.incident.warnings.find((one) => one.includes('POISONED')) ?? '';
    expect(warning).toContain('Expense Desk');
    expect(warning).toContain('Meeting Notes');
    expect(warning).toContain('svc-backup');
    expect(warning).toContain('CA001');
    expect(warning).toContain('CA003');
    expect(warning).toContain(cleanPoint());
  });

  it('says nothing of what somebody else did to a policy and an application then', () => {
    const warning = night.incident.warnings.join();

    expect(warning).not.toContain('CA010');
    for (const id of [...night.fact('policyOfOthers'), ...night.fact('secretOfOthers')]) {
      expect(isTouched(night, id)).toBe(false);
    }
  });

  it('switches everybody on again', () => {
    expect(night.incident.outcome).toBe('recovered');
    const isOn = (id: string) => valueIn(night.now, id, 'accountEnabled') === true;
    expect(forgotten(night, night.fact('disabled'), isOn)).toEqual([]);
    expect(night.fact('disabled').filter(isOn).length).toBeGreaterThan(20);
  });

  const cleanPoint = () =>
    new Date(night.deployment.tenant.world.snapshots[2] ?? 0).toISOString().slice(0, 19);

  it("says whose value before the snapshot was the actor's as well", () => {
    const twice = night.fact('damagedTwice');

    const warnings = night.incident.warnings.join('\n');
    const changed = `${twice.length} objects of the plan changed by the actor before the recovery point`;
    expect(warnings).toMatch(new RegExp(`^${changed}.*${cleanPoint()}`, 'm'));
    expect(warnings).toMatch(
      new RegExp(`^${twice.length} values .* SET BY THE ACTOR ITSELF .*\\(department\\)`, 'm'),
    );
  });
});
