import { attribute } from '../../../shared/domain/attribution/attribution.js';
import type { ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import type { ActorRef } from '../../../shared/domain/identities.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { policyOf } from '../case-file.js';
import { readLines } from '../lines.js';
import type { PointChanges } from '../point/values-file.js';
import type { ActivityServices } from '../services.js';
import { readCurrentObjects } from './current-objects.js';
import { readRevisions } from './revised-terms.js';
import type { Routing } from './route-object.js';

export interface ChunkGround {
  readonly histories: readonly ObjectHistory[];
  readonly policy: Policy;
  readonly routing: Routing;
  /** Says whose every difference is, with or without what the recovery point was seen to hold. */
  attribute(history: ObjectHistory, point: PointChanges | null): PlannedObject;
}

/**
 * Reads everything that one run of histories is attributed from: what its objects are now, which are
 * privileged or protected, and what people revised.
 */
export async function readGround(
  services: ActivityServices,
  chunk: {
    readonly incidentId: string;
    readonly actors: readonly ActorRef[];
    readonly recoveryPointAt: string | null;
    readonly sha256: string;
  },
): Promise<ChunkGround> {
  const { incidentId, actors, recoveryPointAt, sha256 } = chunk;
  const [histories, { policy }, privileges, ourId, revisions] = await Promise.all([
    readLines<ObjectHistory>(services, incidentId, sha256),
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

  return {
    histories,
    policy,
    routing: {
      executor: revisions.executor ?? policy.execution.executor,
      sessionPossible: services.sessions.unavailable === null,
      recoveryPointAt,
      ownIds: new Set([...context.actorIds, ourId]),
    },
    attribute(history, point) {
      const read = current(history);
      const now = { ...read, privileged: read.privileged || privileged.has(history.objectId) };
      const terms = included.has(history.objectId) ? asIncluded : context;
      const facts = point?.factsOf(history, now) ?? null;
      if (facts === null) return attribute(history, now, terms);
      return attribute(history, now, {
        ...terms,
        atRecoveryPoint: (_objectId, property) => facts.at(property),
        differsFromPoint: () => facts,
      });
    },
  };
}

const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];
