import { seeded } from '../directory/random.js';
import { GraphActivityLog } from '../logs/graph-activity.js';
import { SignInLog } from '../logs/sign-ins.js';
import { RecoveryService } from '../recovery/service.js';
import { attributeWipe } from './attribute-wipe.js';
import { bulkDisable } from './bulk-disable.js';
import { buildCompany, domain } from './company.js';
import { massDelete } from './mass-delete.js';
import { membershipWipe } from './membership-wipe.js';
import { mixed } from './mixed.js';
import { ordinarySignIns } from './ordinary-sign-ins.js';
import { poisoned } from './poisoned.js';
import { policyTamper } from './policy-tamper.js';
import { quiet } from './quiet.js';
import { randomIncident } from './random-incident.js';
import { respondersLockedOut } from './responders-locked-out.js';
import { rogueApp } from './rogue-app.js';
import { setStage, type Scenario } from './scenario.js';
import type { World, WorldOptions } from './world.js';

const scenarios: readonly Scenario[] = [
  bulkDisable,
  attributeWipe,
  membershipWipe,
  massDelete,
  policyTamper,
  rogueApp,
  mixed,
  poisoned,
  respondersLockedOut,
  quiet,
  randomIncident,
];

export const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

/** Builds the tenant's past up to `start`. The same options give the same world. Unknown scenario: RangeError. */
export function buildWorld(options: WorldOptions): World {
  const scenario = scenarios.find(({ name }) => name === options.scenario);
  if (scenario === undefined) {
    throw new RangeError(`No scenario ${options.scenario}; there are ${scenarioNames.join(', ')}.`);
  }
  const { ourRoles, staff } = scenario;
  const company = buildCompany({
    ...options,
    ourRoles,
    ...(staff !== undefined && { staff }),
  });
  const { directory, ids } = company;
  const signIns = new SignInLog(directory, seeded(options.seed, 'sign-ins'), options);
  const stage = setStage(company, options);
  ordinarySignIns(stage, signIns);
  const { alert, facts } = scenario.play(stage);
  directory.advance(options.start);
  directory.goLive();
  signIns.goLive();
  return {
    directory,
    signIns,
    activity: new GraphActivityLog(seeded(options.seed, 'graph activity'), options.speed),
    ids,
    alert,
    start: options.start,
    domain,
    snapshots: stage.snapshots,
    recovery: new RecoveryService({ ...options, directory, snapshots: stage.snapshots }),
    facts,
  };
}
