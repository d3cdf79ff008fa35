import type { Difference } from '../../../local/tenant/differences.js';
import { rehearse, type Rehearsal } from './rehearsal.js';

describe('mixed, undone: the commander takes the whole recovery back', () => {
  let night: Rehearsal;
  let left: Difference[];
  beforeAll(async () => {
    night = await rehearse({
      scenario: 'mixed',
      users: 40,
      undo: true,
      policy: (policy) => ({
        ...policy,
        execution: { ...policy.execution, executor: 'surgical' },
      }),
    });
    const { deployment, incident } = night;
    const execute = incident.steps.find(({ name }) => name === 'execute');
    const since = Date.parse(execute?.startedAt ?? '');
    left = deployment.tenant.inspect.differences(since) as Difference[];
  }, 60_000);

  it('was a recovery first', () => {
    expect(night.incident).toMatchObject({ state: 'closed', outcome: 'recovered' });
    expect(night.incident.execution?.applied).toBeGreaterThan(20);
  });

  it('ends with every change of the undo read back as planned', () => {
    expect(night.incident.undo).toMatchObject({ state: 'closed', outcome: 'recovered' });
  });

  it('leaves the tenant as it was before the execution, property for property', () => {
    expect(left.filter(({ ours }) => ours)).toEqual([]);
  });
});
