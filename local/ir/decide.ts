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
  if (incident.plan === null) throw new CommandFailed(`${incident.id} has no plan yet`);
  const { digest, version, objects, warnings } = incident.plan;
  process.stderr.write(
    `${incident.id}, plan version ${version}, ${digest}: ${objects} objects\n` +
      warnings.map((warning) => `  Warning: ${cleaned(warning)}\n`).join(''),
  );
  const answer = expect(
    await session.api.post(`/incidents/${incident.id}/decisions`, {
      decision,
      planDigest: digest,
      ...(options.comment === null ? {} : { comment: options.comment }),
    }),
    202,
  );
  print(answer, options.json, () => counted(answer));
  return 0;
}

export async function cancel(session: Session, options: IrOptions, id?: string): Promise<number> {
  const incident = await incidentFor(session, id);
  const body = options.note === null ? {} : { note: options.note };
  const answer = expect(await session.api.post(`/incidents/${incident.id}/cancel`, body), 202);
  print(answer, options.json, () => `Cancelling ${incident.id}.`);
  return 0;
}

function counted(answer: unknown): string {
  if (!isObject(answer)) return 'Counted.';
  const remaining = Array.isArray(answer['remaining']) ? answer['remaining'].map(String) : [];
  const open =
    remaining.length === 0 ? 'nothing more is needed' : `still needed: ${remaining.join(', ')}`;
  return `Counted as ${String(answer['countedAs'])}; ${open}.`;
}
