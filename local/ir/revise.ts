import { CommandFailed, UsageError } from '../commands/usage.js';
import { needed } from './marks.js';
import { expect, incidentFor, print, type IrOptions, type Session } from './session.js';

/** Asks for another plan instead of the one that the incident shows now; whoever does cannot approve it. */
export async function revise(session: Session, options: IrOptions, id?: string): Promise<number> {
  const changes = changesOf(options);
  if (Object.keys(changes).length === 0) {
    throw new UsageError('name at least one of --exclude, --include, --choose, --point, --by');
  }
  const note = needed(options.note, 'note');
  const incident = await incidentFor(session, id);
  if (incident.plan === null) throw new CommandFailed(`${incident.id} has no plan yet`);
  const body = { basedOn: incident.plan.digest, ...changes, note };
  const answer = expect(await session.api.post(`/incidents/${incident.id}/revisions`, body), 202);
  print(
    answer,
    options.json,
    () =>
      `Version ${incident.plan?.version ?? 0} is void; a new one is drawn: ir watch ${incident.id}`,
  );
  return 0;
}

export function changesOf(
  options: Pick<IrOptions, 'exclude' | 'include' | 'choose' | 'point' | 'by'>,
): Readonly<Record<string, unknown>> {
  const { exclude, include, choose, point, by } = options;
  return {
    ...(exclude === null ? {} : { exclude: listed(exclude) }),
    ...(include === null ? {} : { include: listed(include) }),
    ...(choose === null ? {} : { choices: choicesOf(choose) }),
    ...(point === null ? {} : { recoveryPointId: point }),
    ...(by === null ? {} : { executor: by }),
  };
}

const listed = (text: string): string[] => text.split(',').map((id) => id.trim());

/** `ID=reconcile,ID=skip`. */
function choicesOf(text: string): Record<string, string> {
  const pairs = listed(text).map((pair) =>
    /^([0-9a-f-]{36})=(reconcile|skip|handOver)$/i.exec(pair),
  );
  if (pairs.some((pair) => pair === null)) {
    throw new UsageError('--choose: ID=reconcile|skip|handOver, separated by commas');
  }
  return Object.fromEntries(
    pairs.map((pair) => [(pair?.[1] ?? '').toLowerCase(), pair?.[2] ?? '']),
  );
}
