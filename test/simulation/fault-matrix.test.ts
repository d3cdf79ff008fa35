import type { FaultRule } from '../../local/tenant/faults.js';
import { deploy } from './deployment.js';
import { calm, draw } from './draw.js';
import { callsOf, faults, strike, type OutsideCall } from './fault-cells.js';
import { judge } from './judge.js';
import type { Finding } from './finding.js';
import { nameOf, run } from './simulate.js';

/** A small incident that makes every kind of call: our own writes and the service's, both containments. */
const drawn = calm(draw(2), { users: 3 });
/** Neighbours depend on one another (no card, no change of the card), so they go to different runs. */
const runs = 3;

interface End {
  readonly outcome: string | null;
  /** What the incident says of everything that did not go as hoped. */
  readonly told: boolean;
  readonly findings: readonly Finding[];
  /** Rules that nothing ever met. */
  readonly idle: readonly FaultRule[];
  readonly calls: readonly OutsideCall[];
}

async function incident(rules: readonly FaultRule[]): Promise<End> {
  const { seed, users, crash, policy } = drawn;
  const deployment = deploy({ seed, users, crash, policy });
  try {
    const id = await deployment.alert(nameOf(seed));
    await run(deployment, { ...drawn, faults: rules }, [id]);
    const { outcome, warnings, residual, steps } = await deployment.incident(id);
    return {
      outcome,
      told: warnings.length + residual.length > 0 || steps.some(({ state }) => state === 'failed'),
      findings: await judge(deployment, id, drawn),
      idle: deployment.tenant.faults
        .list()
        .filter(({ match, times }) =>
          rules.some((rule) => rule.match === match && rule.times === times),
        ),
      calls: callsOf(deployment.tenant.journal),
    };
  } finally {
    deployment.engine.close();
  }
}

describe('every outside call x every fault', () => {
  let good: End;
  beforeAll(async () => {
    good = await incident([]);
  }, 60_000);

  it('starts from an incident that recovers, by our own writes and by the service', () => {
    expect(good).toMatchObject({ outcome: 'recovered', findings: [] });
    const names = good.calls.map(({ method, path }) => `${method} ${path}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'POST /v1.0/$batch',
        'POST /v1.0/users/{id}/revokeSignInSessions',
        'POST /v1.0/directory/recovery/snapshots/{id}/recoveryJobs',
        'POST /v1/workspaces/{id}/query',
        'GET /msi/token',
      ]),
    );
  });

  it.each(Object.entries(faults))(
    '%s: every call is tried again, or the incident says what it could not do',
    async (_, fault) => {
      for (let turn = 0; turn < runs; turn += 1) {
        const group = good.calls.filter((_call, index) => index % runs === turn);
        const times = turn === 1 ? 3 : 1;
        const end = await incident(strike(group, fault, times));
        const { findings, idle } = end;
        expect({ turn, findings, idle }).toEqual({ turn, findings: [], idle: [] });
        if (end.outcome !== good.outcome) expect({ turn, ...end }).toMatchObject({ told: true });
      }
    },
    60_000,
  );
});
