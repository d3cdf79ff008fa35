import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { attribute } from '../../../shared/domain/attribution/attribution.js';
import type { ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import { addToCounts, emptyCounts } from '../../../shared/domain/plan/plan-building.js';
import { policyOf } from '../case-file.js';
import { readCurrentObjects } from './current-objects.js';
import { readRevisions } from './revised-terms.js';
import { putLines, readLines } from '../lines.js';
import { routeObject } from './route-object.js';
import type { ActivityServices } from '../services.js';

/**
 * One slice of the preview: reads what the objects are now, and says for every difference whose it is
 * and whether it would be put back. Changes nothing.
 */
export async function runScopedPreview(
  services: ActivityServices,
  input: ActivityInput<'runScopedPreview'>,
): Promise<ActivityOutput<'runScopedPreview'>> {
  const { incidentId, version, actors, recoveryPointAt, historyChunk } = input;
  const [histories, { policy }, privileges, ourId, revisions] = await Promise.all([
    readLines<ObjectHistory>(services, incidentId, historyChunk.sha256),
    policyOf(services, incidentId),
    services.directory.privilegeMap(),
    services.directory.ownIdentity(),
    readRevisions(services, incidentId),
  ]);
  const groupIds = distinct(histories.flatMap((h) => h.events.map((event) => event.groupId)));
  const [current, groups] = await Promise.all([
    readCurrentObjects(services, histories, groupIds),
    groupIds.length === 0 ? [] : services.directory.readGroups(groupIds),
  ]);
  const privileged = new Set(privileges.privilegedIds);
  const context = {
    actorIds: new Set(actors.map((actor) => actor.id)),
    recoveryPointAt,
    protectedIds: new Set(
      [...policy.protected.breakGlassIds, ...policy.protected.neverTouchIds].map((id) =>
        id.toLowerCase(),
      ),
    ),
    writableByUs: privileges.writableByUs,
    policy: policy.plan,
    groups: new Map(groups.map((group) => [group.id, group])),
    excluded: new Set(revisions.excluded),
    choices: revisions.choices,
    ourId,
  };

  const included = new Set(revisions.included);
  const asIncluded = {
    ...context,
    policy: { includeCreated: true, includeMixed: 'surgical' },
  } as const;

  const routing = {
    executor: revisions.executor ?? policy.execution.executor,
    sessionPossible: services.sessions.unavailable === null,
    recoveryPointAt,
    ownIds: new Set([...context.actorIds, ourId]),
  };

  let counts = emptyCounts();
  let planned = 0;
  let unknowns = 0;
  const lines = histories.map((history) => {
    const now = current(history);
    const attributed = attribute(
      history,
      { ...now, privileged: now.privileged || privileged.has(history.objectId) },
      included.has(history.objectId) ? asIncluded : context,
    );
    const object = routeObject(attributed, history, routing);
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

const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];
