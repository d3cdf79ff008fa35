import { createReadiness, type ReadinessOptions } from '../../shared/adapters/readiness.js';
import type { Policy } from '../../shared/domain/policy.js';
import { guid, policy } from '../domain/support/incidents.js';

const pin = (n: number) => ({ objectId: guid(n), name: `Person ${n}` });

/** What the check of that name says under these people; everything else is out of order. */
async function said(people: Partial<Policy['people']>) {
  const options = {
    policies: {
      current: () =>
        Promise.resolve({ policy: policy({ people }), digest: 'sha256:0', warning: null }),
    },
    settings: {},
  } as unknown as ReadinessOptions;
  const checks = await createReadiness(options)();
  return checks.find(({ name }) => name === 'people');
}

describe('the preflight of the people', () => {
  it('is in order with commanders and two break-glass approvers', async () => {
    const people = { commanders: [pin(1)], breakGlassApprovers: [pin(2), pin(3)] };

    expect(await said(people)).toMatchObject({ status: 'ok' });
  });

  it.each([
    [
      'commanders',
      { commanders: [], breakGlassApprovers: [pin(2), pin(3)] },
      /Incident\.Commander/,
    ],
    ['a second way out', { commanders: [pin(1)], breakGlassApprovers: [pin(2)] }, /fewer than two/],
  ])('warns when %s are missing, and says what follows', async (_, people, evidence) => {
    const check = await said(people);

    expect(check?.status).toBe('warning');
    expect(check?.evidence).toMatch(evidence);
  });
});
