import type { FaultRule } from '../../local/tenant/faults.js';
import { between, chance, pick, seeded, type Random } from '../../local/tenant/directory/random.js';
import { drawNative, type DrawnNative } from './draw-native.js';
import type { Policy } from '../../shared/domain/policy.js';

/** How the people of one incident behave. */
export type Conduct =
  'approve' | 'reject' | 'letExpire' | 'cancelBefore' | 'cancelDuring' | 'holdDuring';

/** Everything a seed decides besides what happens in the directory. */
export interface Drawn {
  readonly seed: number;
  readonly users: number;
  readonly crash: 'never' | 'between' | 'before';
  readonly conduct: Conduct;
  /** People who try what they may not, before those who may. */
  readonly impostors: boolean;
  /** Whether approvers approve the parts of a plan that need a line of their own. */
  readonly lines: boolean;
  /** Whether the recovery is undone in the end. */
  readonly undo: boolean;
  readonly release: 'release' | 'keep';
  /** How long people take to decide, ms. */
  readonly hesitation: number;
  readonly faults: readonly FaultRule[];
  /** How the recovery service and the operator's session behave. */
  readonly native: DrawnNative;
  readonly policy: (written: Policy) => Policy;
}

const minute = 60_000;

export function draw(seed: number): Drawn {
  const random = seeded(seed, 'simulation');
  const conduct = chance(random, 0.75)
    ? 'approve'
    : pick(random, ['reject', 'letExpire', 'cancelBefore', 'cancelDuring', 'holdDuring'] as const);
  const secondApproverAbove = pick(random, [0, 5, 25]);
  const includeMixed = pick(random, ['surgical', 'surgical', 'skip'] as const);
  const reapproveAboveDriftPercent = pick(random, [0, 1, 20, 100]);
  const canary = pick(random, [[1, 5], [1], [2, 3, 4]]);
  const native = drawNative(seed);
  return {
    seed,
    users: Math.floor(between(random, 2, 26)),
    crash: pick(random, ['never', 'never', 'never', 'between', 'before'] as const),
    conduct,
    impostors: chance(random, 0.5),
    lines: chance(random, 0.6),
    undo: chance(random, 0.25),
    release: pick(random, ['release', 'keep'] as const),
    hesitation: Math.floor(between(random, 0, 25) * minute),
    faults: faultsOf(random),
    native,
    policy: (written) => ({
      ...written,
      approvals: { ...written.approvals, secondApproverAbove },
      plan: { ...written.plan, includeMixed },
      execution: {
        ...written.execution,
        executor: native.executor,
        // Small enough that a plan of ten objects has to wait for its turn.
        writeQuota: { requests: 20, perSeconds: 10 },
        reapproveAboveDriftPercent,
        canary,
      },
      verification: { ...written.verification, watchMinutes: 2 },
    }),
  };
}

/** The same damage with nothing else to make it hard, carried out by the tenant's service where it can. */
export function calm(drawn: Drawn, { users }: { readonly users: number }): Drawn {
  return {
    ...drawn,
    users,
    crash: 'never',
    conduct: 'approve',
    impostors: false,
    lines: true,
    undo: false,
    release: 'release',
    faults: [],
    hesitation: 0,
    native: {
      executor: 'native',
      session: 'lend',
      failJobs: 0,
      load: 3_600_000,
      snapshotIds: 'unixSeconds',
      early: 'no',
    },
    policy: (written) => {
      const policy = drawn.policy(written);
      return { ...policy, execution: { ...policy.execution, executor: 'native', canary: [] } };
    },
  };
}

const anything = '/(v1\\.0|beta|v1)/';
const places = [
  '/\\$batch',
  '/v1\\.0/users',
  '/v1\\.0/directoryObjects',
  '/v1\\.0/groups',
  '/query',
  '/revokeSignInSessions',
  '/directory/recovery',
  '/conversations',
  anything,
];

/** What goes wrong on the way: nothing in a third of all incidents, else up to four kinds of trouble. */
function faultsOf(random: Random): FaultRule[] {
  if (chance(random, 0.34)) return [];
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
    match: { path: pick(random, places) },
    times: 1 + Math.floor(random() * 5),
    probability: pick(random, [0.1, 0.4, 1]),
    answer: pick<FaultRule['answer']>(random, [
      'reset',
      'applyThenReset',
      'applyThenReset',
      'html',
      'empty',
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 429 },
      { status: 500 },
      { status: 502, body: 'bad gateway' },
      { status: 503, headers: { 'retry-after': '3' } },
      { status: 504 },
      { status: 401 },
      { status: 200, body: '{"value": [' },
    ]),
  }));
}
