import type { ApprovalRole, Incident } from '../../shared/domain/incident.js';
import type { Control } from './control.js';
import type { ProgressView } from './terminal.js';
import { CommandFailed, reasonOf } from './usage.js';

const cardWaitMs = 60_000;

/**
 * The drill's operator and approver. `look` is called with each state of the incident; for every plan
 * version that waits for approval they press Approve on its card in Teams, one after the other, once.
 */
export function createTwoPersons(control: Control, view: ProgressView) {
  const asked = new Set<string>();
  let pressing: Promise<void> = Promise.resolve();
  let failure: Error | null = null;

  async function approve(incident: Incident, person: ApprovalRole): Promise<void> {
    const answer = await control.press({
      person,
      verb: 'approve',
      incidentId: incident.id,
      comment: `Drill: plan version ${incident.plan?.version ?? '?'} reviewed.`,
      waitMs: cardWaitMs,
    });
    view.say(
      answer.counted
        ? `  The ${person} approved plan version ${incident.plan?.version ?? '?'} in Teams.`
        : `  The ${person}'s approval was refused: ${answer.said}`,
    );
  }

  return {
    /** Throws what went wrong with an earlier press. */
    look(incident: Incident): void {
      if (failure !== null) throw failure;
      if (incident.waitingFor?.kind !== 'approval' || incident.plan === null) return;
      for (const person of incident.approvals.required) {
        const key = `${incident.plan.digest}|${person}`;
        if (asked.has(key)) continue;
        asked.add(key);
        pressing = pressing
          .then(() => approve(incident, person))
          .catch((error: unknown) => {
            failure = error instanceof Error ? error : new CommandFailed(reasonOf(error));
          });
      }
    },
  };
}
