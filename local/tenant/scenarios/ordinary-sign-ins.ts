import { day, hour, minute } from '../directory/instants.js';
import { between, pick, seeded } from '../directory/random.js';
import type { SignInLog } from '../logs/sign-ins.js';
import type { Stage } from './scenario.js';

/** The day before: people sign in, the HR connector does every hour, the actor did before it began. */
export function ordinarySignIns(stage: Stage, signIns: SignInLog): void {
  const { start, options, ordinary } = stage;
  const random = seeded(options.seed, 'ordinary sign-ins');
  for (let index = 0; index < 200; index += 1) {
    const kind = index % 4 === 0 ? 'nonInteractive' : 'interactive';
    signIns.attempt(pick(random, ordinary), start - between(random, 15 * minute, day), kind);
  }
  for (let hours = 1; hours <= 24; hours += 1) {
    signIns.attempt(stage.hrServicePrincipalId, start - hours * hour, 'servicePrincipal');
  }
  signIns.attempt(stage.ids.people.actor.id, start - 13 * minute);
}
