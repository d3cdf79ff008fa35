import { changedOf, isTouched, rehearse, valueIn, type Rehearsal } from './rehearsal.js';

describe('policy-tamper: Conditional Access is taken apart', () => {
  let night: Rehearsal;
  beforeAll(async () => {
    night = await rehearse({ scenario: 'policy-tamper', users: 30 });
  }, 60_000);

  it('ends recovered under approvals that name the line policies', () => {
    const { outcome, plan, verification } = night.incident;

    expect(plan?.lines?.map(({ line }) => line)).toContain('policies');
    expect(outcome).toBe('recovered');
    expect(verification?.verified).toBe(plan?.objects);
  });

  it.each([
    'policiesSwitchedOff',
    'policyWithException',
    'policyDeleted',
    'locationWidened',
    'settingsLoosened',
    'methodsLoosened',
  ])('puts %s back as it was', (name) => {
    for (const id of night.fact(name)) {
      expect([id, night.now.state(id)]).toEqual([id, 'live']);
      expect(changedOf(night, id)).toEqual([]);
    }
  });

  it('takes the deleted network out of the recycle bin of Conditional Access', () => {
    for (const id of night.fact('locationDeleted')) expect(night.now.state(id)).toBe('live');
  });

  it('reverts the actor beside the other administrator, and never over them', () => {
    const [beside = ''] = night.fact('policyAlsoChanged');
    const [overwritten = ''] = night.fact('policyOverwritten');
    const [others = ''] = night.fact('policyOfOthers');

    expect(changedOf(night, beside)).toEqual(['displayName']);
    expect(valueIn(night.now, beside, 'state')).toBe('enabled');
    expect(valueIn(night.now, overwritten, 'state')).toBe('enabledForReportingButNotEnforced');
    expect(isTouched(night, overwritten)).toBe(false);
    expect(isTouched(night, others)).toBe(false);
  });

  it('leaves the policy of the actor to a decision of people', () => {
    for (const id of night.fact('policyCreated')) {
      expect(isTouched(night, id)).toBe(false);
      expect(night.residualOf(id)).not.toEqual([]);
    }
  });

  it('writes policies no faster than their quota allows', () => {
    const policyWrites = night.deployment.tenant.journal
      .since()
      .filter(({ method }) => method !== 'GET')
      .flatMap((entry) => (entry.batch ?? [entry]).map((item) => ({ ...item, at: entry.at })))
      .filter(({ path, writes }) => path.includes('/conditionalAccess/') && writes.length > 0)
      .map(({ at }) => Date.parse(at))
      .sort((one, other) => one - other);

    expect(policyWrites.length).toBeGreaterThanOrEqual(6);
    policyWrites.slice(1).forEach((at, index) => {
      expect(at - (policyWrites[index] ?? 0)).toBeGreaterThanOrEqual(1000);
    });
  });
});
