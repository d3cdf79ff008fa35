import type { PinnedPerson } from '../policy.js';
import type { Inability } from './who-can-act.js';

/** Whose quorum is missing: of the plan that awaits a decision, or of plans before there is one. */
export type MissingQuorum = {
  readonly incidentId: string;
  readonly unable: readonly Inability[];
  /** Break-glass approvers who may decide instead. */
  readonly instead: readonly PinnedPerson[];
} & (
  | { readonly of: 'plan' | 'anyPlan' }
  /** Up to `above` objects an operator is left who decides alone. */
  | { readonly of: 'largerPlans'; readonly above: number }
);

/** What people are told of a missing quorum: who is missing for what, and who may decide instead. */
export function toldMissing(missing: MissingQuorum): {
  readonly title: string;
  readonly text: string;
} {
  const { unable, instead } = missing;
  const because = unable.length === 0 ? '' : ` (${saidOf(unable)})`;
  const names = instead.map(({ name }) => name).join(', ');
  const others =
    names === ''
      ? 'The policy names no break-glass approver who could decide instead.'
      : `Break-glass approvers may decide that over HTTP: ${names}.`;
  return { title: titles[missing.of], text: `${headOf(missing)}${because}. ${others}` };
}

const titles = {
  plan: 'Nobody can approve',
  anyPlan: 'Nobody could approve',
  largerPlans: 'Larger plans could not be approved',
} as const satisfies Record<MissingQuorum['of'], string>;

function headOf(missing: MissingQuorum): string {
  const { incidentId } = missing;
  switch (missing.of) {
    case 'plan':
      return `The pinned operators and approvers cannot give the approvals that ${incidentId} needs`;
    case 'anyPlan':
      return `The pinned operators and approvers could approve no plan of ${incidentId}`;
    case 'largerPlans':
      return `The pinned operators and approvers could not approve a plan of ${incidentId} with more than ${missing.above} objects`;
  }
}

/** Who cannot act, and why. */
export const saidOf = (unable: readonly Inability[]): string =>
  unable.map(({ name, why }) => `${name} ${why}`).join('; ');
