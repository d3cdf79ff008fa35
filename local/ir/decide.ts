import type { Incident, PlanView } from '../../shared/domain/incident/incident.js';
import { cleaned } from '../commands/steps-view.js';
import { isObject } from '../commands/request.js';
import { CommandFailed } from '../commands/usage.js';
import { expect, incidentFor, print, type IrOptions, type Session } from './session.js';

/** Decides on the plan that the incident shows now; a plan that changes in between is not decided on. */
export async function decide(
  session: Session,
  options: IrOptions,
  id: string | undefined,
  decision: 'approve' | 'reject',
): Promise<number> {
  const incident = await incidentFor(session, id);
  const { digest, version, objects, warnings } = awaiting(incident);
  process.stderr.write(
    `${incident.id}, plan version ${version}, ${digest}: ${objects} objects\n` +
      warnings.map((warning) => `  Warning: ${cleaned(warning)}\n`).join(''),
  );
  const answer = expect(
    await session.api.post(`/incidents/${incident.id}/decisions`, {
      decision,
      planDigest: digest,
      ...(options.comment === null ? {} : { comment: options.comment }),
      ...(options.lines === null ? {} : { lines: options.lines.split(',') }),
    }),
    202,
  );
  print(answer, options.json, () => counted(answer));
  return 0;
}

/** The plan that asks: of the recovery, or of its undo once that is over. */
function awaiting({ id, state, plan, undo }: Incident): PlanView {
  const undoPlan = undo?.state === 'awaitingApproval' ? undo.plan : null;
  const asked = state === 'closed' ? undoPlan : plan;
  if (asked === null) throw new CommandFailed(`no plan of ${id} awaits a decision`);
  return asked;
}

function counted(answer: unknown): string {
  if (!isObject(answer)) return 'Counted.';
  const remaining = Array.isArray(answer['remaining']) ? answer['remaining'].map(String) : [];
  const open =
    remaining.length === 0 ? 'nothing more is needed' : `still needed: ${remaining.join(', ')}`;
  return `Counted as ${String(answer['countedAs'])}; ${open}.`;
}
