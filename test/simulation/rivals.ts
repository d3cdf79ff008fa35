import type { ScenarioAlert } from '../../local/tenant/scenarios/world.js';
import type { Tenant } from '../../local/tenant/tenant.js';
import type { tenantJobs } from '../../orchestrations/tenant-jobs.js';
import { tenantJobs as contract } from '../../shared/contracts/catalogue.js';
import { deploy, type Deployment } from './deployment.js';
import { calm, draw } from './draw.js';
import type { Finding } from './finding.js';
import { judgeOverlap } from './judge-jobs.js';
import { nameOf, run } from './simulate.js';

export interface Rivalry {
  /** Recoveries that the tenant's service carried out, of both incidents. */
  readonly nativeRecoveries: number;
  readonly findings: readonly Finding[];
}

/**
 * Two incidents at once in one tenant, about two people, whose plans are both carried out by the tenant's
 * own service: an hour passes before its first job has an answer, so both are there to ask.
 */
export async function simulateRivals(seed: number, keeper?: typeof tenantJobs): Promise<Rivalry> {
  const drawn = calm(draw(seed), { users: 12 });
  const deployment = deploy({
    ...{ seed, users: drawn.users, crash: drawn.crash, policy: drawn.policy },
    ...(keeper && { keeper }),
  });
  try {
    const first = await deployment.alert(nameOf(seed));
    const second = await deployment.alert(nameOf(seed + 500_000), alertAboutAnother(deployment));
    await run(deployment, drawn, [first, second]);
    const recoveries = deployment.tenant.world.recovery
      .jobs(0)
      .filter(({ kind }) => kind === 'recovery');
    return { nativeRecoveries: recoveries.length, findings: judgeOverlap(deployment) };
  } finally {
    deployment.engine.close();
  }
}

/** Whoever asks holds the place, whoever else holds it already. */
export const generousKeeper: typeof tenantJobs = (context) => {
  const input: unknown = context.df.getInput();
  const asked = contract.release.safeParse(input);
  context.df.return({
    granted: true,
    owner: asked.success ? asked.data.incidentId : null,
    expired: false,
  });
};

/** Another administrator who was at work, accused of it. */
function alertAboutAnother({ tenant }: Deployment): ScenarioAlert {
  const { alert } = tenant.world;
  const { id, userPrincipalName } = otherAdministrator(tenant);
  const [accountName = '', upnSuffix = ''] = userPrincipalName.split('@');
  return {
    ...alert,
    accounts: [{ accountName, upnSuffix, displayName: accountName, aadUserId: id }],
  };
}

function otherAdministrator({ directory, people }: Tenant) {
  const writers = directory.trail.events.flatMap(({ by }) =>
    by.kind === 'user' && by.id !== people.actor.id ? [by] : [],
  );
  const last = writers.at(-1);
  if (last === undefined) throw new Error('Nobody else was at work.');
  return last;
}
