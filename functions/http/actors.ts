import type { z } from 'zod';
import { accepted, actorsBody } from '../../shared/contracts/http.js';
import { noActors, type ActorsDocument } from '../../shared/domain/incident/documents.js';
import type { Person } from '../../shared/domain/identities.js';
import type { Json } from '../../shared/domain/json.js';
import { digestOf } from '../../shared/digest.js';
import { RewindError } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { incidentDoor } from './door.js';
import { requireNoActor, requireOpen, requirePinned } from './refusals.js';
import { isoNow, type DoorServices } from './services.js';

type ActorsBody = z.output<typeof actorsBody>;

/**
 * `POST /incidents/{id}/actors`: the commander says who acted. The run repeats steps 1 to 4 with them,
 * every approval is void, and the commander is a diagnostician of all later plans.
 */
export const nameActors = incidentDoor<PersonCaller, ActorsBody>({
  name: 'nameActors',
  method: 'POST',
  route: 'incidents/{id}/actors',
  summary: 'Name or exclude actors.',
  access: people('Incident.Commander'),
  body: actorsBody,
  answers: { 202: { description: 'Noted; the run is woken.', schema: accepted } },
  handle: async ({ services, context, incident, caller, body }) => {
    await requireNoActor(services, incident, caller, 'actors');
    await requirePinned(services, incident, caller, 'actors', ['commanders']);
    requireOpen(incident);
    if (incident.state === 'executing' || incident.state === 'verifying') {
      throw new RewindError(
        'NOT_AWAITING_APPROVAL',
        'The execution has begun. Open another incident for further actors, or cancel this one.',
      );
    }
    const by = asPerson(caller);
    const named = (await services.store.updateDocument<Json>(
      incident.id,
      'actors',
      (value) => withNamed(value as unknown as ActorsDocument | null, body, by) as unknown as Json,
    )) as unknown as ActorsDocument;
    await services.store.append(incident.id, `actors:${digestOf(named).slice(-32)}`, {
      at: isoNow(services),
      kind: 'actors.named',
      by,
      summary: `${told(body)} ${body.note}`,
    });
    const wakeId = `actors-${named.version}`;
    await services.runs(context).wake(incident.id, 'actorsNamed', wakeId);
    await endSessionOfActor(services, incident.id, named, by);
    return { status: 202, json: { incidentId: incident.id } };
  },
});

/**
 * A session ends with its lender's innocence. Whoever is named in another way than by object id loses it
 * when the run has resolved the name, before any job is asked for (activities/native/lender.ts).
 */
async function endSessionOfActor(
  services: DoorServices,
  incidentId: string,
  { version, add }: ActorsDocument,
  by: Person,
): Promise<void> {
  const session = await services.sessions.current(incidentId);
  if (session === null) return;
  const lender = session.by.id.toLowerCase();
  if (!add.some(({ userId }) => userId?.toLowerCase() === lender)) return;
  await services.sessions.end(incidentId);
  await services.store.append(incidentId, `session-ended:${version}:${lender}`, {
    at: isoNow(services),
    kind: 'operatorSession.ended',
    by,
    summary: `The session of ${session.by.name} was ended: an actor of the incident lends nothing.`,
  });
}

/** Later words win over earlier ones about the same identity. Said again, nothing new is said. */
function withNamed(
  before: ActorsDocument | null,
  body: ActorsBody,
  by: ActorsDocument['by'][number],
): ActorsDocument {
  const known = before ?? noActors;
  const added = new Set(
    body.add.flatMap(({ userId, servicePrincipalId }) => userId ?? servicePrincipalId ?? []),
  );
  const removed = new Set(body.remove);
  const add = [...known.add, ...body.add].filter(
    ({ userId, servicePrincipalId }) => !removed.has(userId ?? servicePrincipalId ?? ''),
  );
  const remove = [...known.remove.filter((id) => !added.has(id)), ...body.remove];
  const next = {
    add: unique(add as ActorsDocument['add']),
    remove: unique(remove),
    by: unique([...known.by, by]),
  };
  const { version, ...last } = known;
  return digestOf(next) === digestOf(last) ? known : { version: version + 1, ...next };
}

function told({ add, remove }: ActorsBody): string {
  const names = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item)).join(', ');
  return [
    ...(add.length > 0 ? [`Named as actors: ${names(add)}.`] : []),
    ...(remove.length > 0 ? [`Not actors: ${names(remove)}.`] : []),
  ].join(' ');
}

const unique = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [digestOf(value), value])).values(),
];
