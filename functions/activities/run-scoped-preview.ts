import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { attribute } from '../../shared/domain/attribution.js';
import type { ObjectHistory, ObjectType } from '../../shared/domain/audit.js';
import { coverageOf } from '../../shared/domain/coverage.js';
import type { CurrentObject } from '../../shared/domain/plan.js';
import { addToCounts, emptyCounts } from '../../shared/domain/plan-building.js';
import { policyOf } from './case-file.js';
import { putLines, readLines } from './lines.js';
import type { ActivityServices } from './services.js';

/**
 * One slice of the preview: reads what the objects are now, and says for every difference whose it is
 * and whether it would be put back. Changes nothing.
 */
export async function runScopedPreview(
  services: ActivityServices,
  input: ActivityInput<'runScopedPreview'>,
): Promise<ActivityOutput<'runScopedPreview'>> {
  const { incidentId, version, actors, recoveryPointAt, historyChunk } = input;
  const [histories, { policy }, privileges, ourId] = await Promise.all([
    readLines<ObjectHistory>(services, incidentId, historyChunk.sha256),
    policyOf(services, incidentId),
    services.directory.privilegeMap(),
    services.directory.ownIdentity(),
  ]);
  const groupIds = distinct(histories.flatMap((h) => h.events.map((event) => event.groupId)));
  const [current, groups] = await Promise.all([
    readCurrent(services, histories, groupIds),
    groupIds.length === 0 ? [] : services.directory.readGroups(groupIds),
  ]);
  const privileged = new Set(privileges.privilegedIds);
  const context = {
    actorIds: new Set(actors.map((actor) => actor.id)),
    recoveryPointAt,
    // An actor stays as containment left them: only their release, by two persons, gives anything back.
    protectedIds: new Set([
      ...policy.protected.breakGlassIds,
      ...policy.protected.neverTouchIds,
      ...actors.map((actor) => actor.id),
    ]),
    writableByUs: privileges.writableByUs,
    policy: policy.plan,
    groups: new Map(groups.map((group) => [group.id, group])),
    excluded: new Set<string>(),
    ourId,
  };

  let counts = emptyCounts();
  let planned = 0;
  let unknowns = 0;
  const lines = histories.map((history) => {
    const now = current.get(history.objectId) ?? absent(history);
    const object = attribute(
      history,
      { ...now, privileged: now.privileged || privileged.has(history.objectId) },
      context,
    );
    counts = addToCounts(counts, object);
    if (object.deltas.some((delta) => delta.action !== null)) planned += 1;
    unknowns += object.deltas.filter((delta) => !delta.then.known).length;
    return object;
  });
  const artefact = await putLines(services, incidentId, `plan-${version}-chunk`, lines);
  return {
    chunk: { sha256: artefact.sha256, objects: lines.length, planned },
    counts,
    unknowns,
  };
}

/** Kinds that live in the directory; policies are listed for people by what their rows say. */
const readable: ReadonlySet<ObjectType> = new Set([
  'user',
  'group',
  'application',
  'servicePrincipal',
]);

/** Reads by type, with exactly the properties the rows name. */
async function readCurrent(
  services: ActivityServices,
  histories: readonly ObjectHistory[],
  groupIds: readonly string[],
): Promise<Map<string, CurrentObject>> {
  const byType = new Map<ObjectType, ObjectHistory[]>();
  for (const history of histories) {
    byType.set(history.objectType, [...(byType.get(history.objectType) ?? []), history]);
  }
  const current = new Map<string, CurrentObject>();
  for (const [type, ofType] of byType) {
    if (!readable.has(type)) continue;
    const properties = distinct(
      ofType.flatMap((history) =>
        history.events.flatMap((event) =>
          event.changes.map(({ property }) => coverageOf(type, property)?.graphProperty ?? null),
        ),
      ),
    );
    const ids = ofType.map((history) => history.objectId);
    const read = await services.directory.readObjects(type, ids, properties, groupIds);
    for (const object of read) current.set(object.objectId, object);
  }
  return current;
}

/** What is known of an object of a kind that no executor reads: it is there, and nothing more. */
const absent = (history: ObjectHistory): CurrentObject => ({
  objectId: history.objectId,
  objectType: history.objectType,
  displayName: history.name ?? history.objectId,
  presence: 'present',
  daysLeft: null,
  synced: false,
  privileged: false,
  properties: {},
  memberOf: [],
});

const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];
