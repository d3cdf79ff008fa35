import type { Incident, PlanView, UndoView } from '../incident/incident.js';
import type { Person } from '../identities.js';

type Approvals = Incident['approvals'];

export const newUndo = (askedBy: Person, askedAt: string): UndoView => ({
  state: 'previewing',
  askedBy,
  askedAt,
  planDigest: null,
  plan: null,
  approvals: { required: [], given: [] },
  execution: null,
  verification: null,
  waitingFor: null,
  outcome: null,
  summary: 'The undo plan is being drawn.',
});

/** Whether this plan is the one that undoes the incident, not the one that recovers it. */
export const isUndoPlan = ({ undo }: Pick<Incident, 'undo'>, planDigest: string): boolean =>
  undo?.planDigest === planDigest;

/** Whether decisions on this plan are awaited although the incident is closed. */
export const awaitsUndoDecision = (incident: Pick<Incident, 'undo'>, planDigest: string): boolean =>
  isUndoPlan(incident, planDigest) && incident.undo?.state === 'awaitingApproval';

/** The run that decisions and marks on a closed incident's undo wake. */
export const undoRunOf = (incidentId: string): string => `${incidentId}-undo`;

/** Whether an undo is under way, so that it can be held, resumed and cancelled. */
export const isUndoing = ({ undo }: Pick<Incident, 'undo'>): boolean =>
  undo !== null && undo.state !== 'closed';

/** What people asked of the run that is under way lies in one of these documents. */
export const marksDocumentOf = ({ state }: Pick<Incident, 'state'>): 'marks' | 'undoMarks' =>
  state === 'closed' ? 'undoMarks' : 'marks';

/** The view of the plan with this digest: the recovery's or the undo's. */
export const planViewOf = ({ plan, undo }: Incident, planDigest: string): PlanView | null =>
  plan?.digest === planDigest ? plan : undo?.planDigest === planDigest ? undo.plan : null;

export const approvalsOf = (incident: Incident, planDigest: string): Approvals =>
  isUndoPlan(incident, planDigest)
    ? (incident.undo?.approvals ?? { required: [], given: [] })
    : incident.approvals;

/** The incident with the approvals of one plan, recovery or undo, as they are now. */
export const withApprovals = (
  incident: Incident,
  planDigest: string,
  approvals: Approvals,
): Incident =>
  isUndoPlan(incident, planDigest) ? withUndo(incident, { approvals }) : { ...incident, approvals };

/** Parts of the undo replaced; an undo that has ended keeps its state and outcome whatever comes late. */
export function withUndo(incident: Incident, change: Partial<UndoView>): Incident {
  const { undo } = incident;
  if (undo === null) return incident;
  const { state, outcome } = undo;
  return {
    ...incident,
    undo: { ...undo, ...change, ...(state === 'closed' && { state, outcome }) },
  };
}
