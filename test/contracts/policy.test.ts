import { readFileSync } from 'node:fs';
import { parsePolicy, policySchema } from '../../shared/contracts/policy.js';

const ada = { objectId: '11111111-1111-1111-1111-11111111111A', name: 'Ada' };
const ben = { objectId: '22222222-2222-2222-2222-222222222222', name: 'Ben' };
const smallest = { people: { operators: [ada], approvers: [ben] } };

const reading = (change: object) => parsePolicy(JSON.stringify({ ...smallest, ...change }));
function problemsOf(change: object): string[] {
  const result = reading(change);
  return result.ok ? [] : result.problems.map(({ path }) => path);
}

describe('the policy', () => {
  it('of two people alone has every default of the contract', () => {
    const result = reading({});

    expect(result).toMatchObject({
      ok: true,
      policy: {
        people: {
          operators: [{ objectId: '11111111-1111-1111-1111-11111111111a', name: 'Ada' }],
          commanders: [],
          breakGlassApprovers: [],
        },
        approvals: {
          secondApproverAbove: 25,
          expireAfterMinutes: 240,
          remindEveryMinutes: 30,
          allowOutgoingWebhook: false,
        },
        protected: { breakGlassIds: [], neverTouchIds: [] },
        containment: {
          user: ['revokeSessions', 'disable'],
          servicePrincipal: ['disable'],
          maxPerHour: 3,
        },
        scope: {
          lookbackMinutes: 60,
          settleMinutes: 15,
          maxSweeps: 4,
          reportQuota: { requests: 5, perSeconds: 10 },
        },
        plan: { includeCreated: false, includeMixed: 'surgical' },
        execution: {
          writeQuota: { requests: 3000, perSeconds: 150 },
          policyQuota: { requests: 1, perSeconds: 1 },
          executor: 'auto',
          canary: [1, 25],
          writeBudget: 0.8,
          notBefore: null,
          notAfter: null,
          reapproveAboveDriftPercent: 1,
        },
        timing: { pollSeconds: { first: 5, max: 300 } },
        verification: { readBackMinutes: 10, watchMinutes: 30, signInSample: 10 },
        alerts: { actionGroupRules: [] },
        drift: { changeLog: null },
      },
    });
    expect(result.ok && result.policy.teams.serviceHosts).toContain('smba.trafficmanager.net');
  });

  it('may state minutes as fractions and a service host with a port', () => {
    expect(
      reading({
        scope: { settleMinutes: 0.25 },
        timing: { pollSeconds: { first: 0.08, max: 5 } },
        teams: { serviceHosts: ['127.0.0.1:8443'] },
      }).ok,
    ).toBe(true);
  });

  it.each<[string, object, string]>([
    ['an unknown field', { approvls: {} }, 'approvls'],
    ['an unknown nested field', { approvals: { secondApprover: 3 } }, 'approvals.secondApprover'],
    [
      'an unknown field of a person',
      { people: { ...smallest.people, operators: [{ ...ada, upn: 'x' }] } },
      'people.operators.0.upn',
    ],
    [
      'a name instead of an id',
      { people: { ...smallest.people, operators: [{ objectId: 'ada', name: 'Ada' }] } },
      'people.operators.0.objectId',
    ],
    ['nobody who operates', { people: { ...smallest.people, operators: [] } }, 'people.operators'],
    ['one id twice', { people: { ...smallest.people, approvers: [ben, ben] } }, 'people.approvers'],
    ['no people', { people: undefined }, 'people'],
    [
      'a negative threshold',
      { approvals: { secondApproverAbove: -1 } },
      'approvals.secondApproverAbove',
    ],
    [
      'an approval that never has time',
      { approvals: { expireAfterMinutes: 0 } },
      'approvals.expireAfterMinutes',
    ],
    ['a single sweep', { scope: { maxSweeps: 1 } }, 'scope.maxSweeps'],
    ['a budget above the quota', { execution: { writeBudget: 1.1 } }, 'execution.writeBudget'],
    ['an unknown executor', { execution: { executor: 'magic' } }, 'execution.executor'],
    [
      'a window that ends before it begins',
      { execution: { notBefore: '2026-11-20T10:00:00Z', notAfter: '2026-11-20T09:00:00Z' } },
      'execution.notAfter',
    ],
    [
      'a window without a zone',
      { execution: { notBefore: '2026-11-20T10:00:00' } },
      'execution.notBefore',
    ],
    ['a canary of nobody', { execution: { canary: [0] } }, 'execution.canary.0'],
    ['an unknown measure', { containment: { user: ['delete'] } }, 'containment.user.0'],
    ['a host with a path', { teams: { serviceHosts: ['evil.example/x'] } }, 'teams.serviceHosts.0'],
    ['a host with a user', { teams: { serviceHosts: ['a@evil.example'] } }, 'teams.serviceHosts.0'],
    [
      'waits in the wrong order',
      { timing: { pollSeconds: { first: 9, max: 3 } } },
      'timing.pollSeconds.max',
    ],
    ['a schedule of five fields', { drift: { schedule: '0 6 * * 1' } }, 'drift.schedule'],
  ])('with %s is refused with the path of the field', (_what, change, path) => {
    expect(problemsOf(change)).toContain(path);
  });

  it.each(['', 'null', '[]', '{"people":', '"text"'])('is never made of %j', (text) => {
    expect(parsePolicy(text).ok).toBe(false);
  });

  it('the sample states every field with its default, and the documentation names each', () => {
    const text = readFileSync('policy.sample.json', 'utf8');
    const documentation = readFileSync('docs/policy.md', 'utf8');
    const sample = JSON.parse(text) as Record<string, Record<string, unknown>>;
    const result = parsePolicy(text);

    expect(result.ok).toBe(true);
    expect(result.ok && result.policy).toEqual(sample);
    for (const [section, schema] of Object.entries(policySchema.shape)) {
      expect(Object.keys(sample)).toContain(section);
      expect(schema).toBeDefined();
      for (const field of Object.keys(sample[section] ?? {})) {
        expect(documentation).toContain(`\`${section}.${field}`);
      }
    }
    const defaults = reading({});
    for (const section of Object.keys(sample).filter(
      (name) => !['people', 'protected'].includes(name),
    )) {
      expect(sample[section]).toEqual(
        defaults.ok && (defaults.policy as unknown as typeof sample)[section],
      );
    }
  });
});
