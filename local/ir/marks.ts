import { isObject } from '../commands/request.js';
import { UsageError } from '../commands/usage.js';
import { expect, incidentFor, print, type IrOptions, type Session } from './session.js';

type Verb = (session: Session, options: IrOptions, id?: string) => Promise<number>;

/** Cancel, hold and resume: one route each, with an optional note. */
function mark(name: 'cancel' | 'hold' | 'resume', said: string): Verb {
  return async (session, options, id) => {
    const incident = await incidentFor(session, id);
    const body = options.note === null ? {} : { note: options.note };
    const answer = expect(await session.api.post(`/incidents/${incident.id}/${name}`, body), 202);
    print(answer, options.json, () => `${said} ${incident.id}.`);
    return 0;
  };
}

export const cancel = mark('cancel', 'Cancelling');
export const hold = mark('hold', 'Nothing more is written before a resume:');
export const resume = mark('resume', 'Going on with');

export const note: Verb = async (session, options, id) => {
  const text = needed(options.note, 'note');
  const incident = await incidentFor(session, id);
  const answer = expect(await session.api.post(`/incidents/${incident.id}/notes`, { text }), 201);
  print(answer, options.json, () => `Noted in the record of ${incident.id}.`);
  return 0;
};

/** Lends the operator's rights on the recovery service; a stronger sign-in that it asks for is made. */
export const lend: Verb = async (session, options, id) => {
  const incident = await incidentFor(session, id);
  const path = `/incidents/${incident.id}/operator-session`;
  const answer = expect(await session.api.post(path, {}), 200);
  const { expiresAt, wavesThatFit } = isObject(answer) ? answer : {};
  print(
    answer,
    options.json,
    () =>
      `Your session serves ${incident.id} until ${String(expiresAt)}; ${String(wavesThatFit)} native waves fit.`,
  );
  return 0;
};

/** Gives one contained identity back, or keeps it contained with --keep. */
export const release: Verb = async (session, options, id) => {
  const why = needed(options.note, 'note');
  const incident = await incidentFor(session, id);
  const contained = incident.actors.map((actor) => actor.id);
  const actorId = options.actor ?? (contained.length === 1 ? contained[0] : undefined);
  if (actorId === undefined) {
    throw new UsageError(`--actor is needed: one of ${contained.join(', ') || 'none'}`);
  }
  const body = { actorId, decision: options.keep ? 'keep' : 'release', note: why };
  const answer = expect(await session.api.post(`/incidents/${incident.id}/release`, body), 202);
  print(answer, options.json, () => `Your word on ${actorId} is recorded.`);
  return 0;
};

export const undo: Verb = async (session, options, id) => {
  const incident = await incidentFor(session, id);
  // The door waits while it draws the plan.
  const answered = await session.api.post(`/incidents/${incident.id}/undo`, undefined, 120_000);
  const answer = expect(answered, 202);
  print(
    answer,
    options.json,
    () => `The undo plan of ${incident.id} asks for approval: ir approve.`,
  );
  return 0;
};

/** Throws UsageError when the option is not there. */
export function needed(value: string | null, name: string): string {
  if (value === null) throw new UsageError(`--${name} is missing`);
  return value;
}
