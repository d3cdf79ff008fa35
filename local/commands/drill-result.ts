import type { Incident, Outcome } from '../../shared/domain/incident/incident.js';

/** How each scenario is meant to end, best first. */
export const intendedOutcomes: Readonly<Record<string, readonly Outcome[]>> = {
  'bulk-disable': ['recovered'],
  'attribute-wipe': ['recovered'],
  'membership-wipe': ['recovered'],
  'mass-delete': ['recovered'],
  'policy-tamper': ['recovered'],
  'rogue-app': ['recovered'],
  mixed: ['recovered', 'partiallyRecovered'],
  poisoned: ['recovered', 'partiallyRecovered'],
  'responders-locked-out': ['recovered', 'partiallyRecovered'],
  quiet: ['nothingToRecover'],
  random: ['recovered', 'partiallyRecovered', 'nothingToRecover'],
};

/** Exit code of the drill (contract section 1): 0 recovered and verified, 2 ended otherwise as intended. */
export function drillExitCode(incident: Incident, scenario: string): 0 | 1 | 2 {
  if (incident.state !== 'closed' || incident.outcome === null) return 1;
  if (incident.outcome === 'recovered') return isVerified(incident) ? 0 : 1;
  const intended = Object.hasOwn(intendedOutcomes, scenario) ? intendedOutcomes[scenario] : [];
  return intended?.includes(incident.outcome) === true ? 2 : 1;
}

/** Every planned object was read back as planned; a recovery without a plan is none. */
export function isVerified({ plan, verification }: Incident): boolean {
  return (
    plan !== null &&
    verification !== null &&
    verification.mismatched === 0 &&
    verification.pending === 0 &&
    verification.verified >= plan.objects
  );
}
