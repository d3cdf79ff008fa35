import { z } from 'zod';
import { resourceTypeNames, type JobFilter } from '../recovery/model.js';
import { bodyOf } from './body.js';
import { malformed } from './errors.js';
import { recoveryType } from './recovery-routes.js';
import type { GraphContext } from './route.js';

const type = z.enum(resourceTypeNames);
const annotation = z.string().optional();
const byTypes = z.strictObject({
  '@odata.type': z.literal(recoveryType('recoveryJobEntityNamesFilter')),
  entityTypes: z.array(type).min(1),
});
const byIds = z.strictObject({
  '@odata.type': z.literal(recoveryType('recoveryJobEntityNameAndIdsFilter')),
  filterValues: z
    .array(
      z.strictObject({
        '@odata.type': annotation,
        entityType: type,
        /** Not always a GUID: settings of the tenant go by a name. */
        entityIds: z.array(z.string().min(1)).min(1),
      }),
    )
    .min(1),
});
const jobBody = z.strictObject({
  '@odata.type': annotation,
  filteringCriteria: z
    .discriminatedUnion('@odata.type', [byTypes, byIds])
    .nullish()
    .transform((criteria) => criteria ?? null),
});

/** The most ids across types in one job, documented for the admin center (backup fact sheet 3.7). */
const mostIds = 100;

/**
 * The scope that a body asks for. How the service refuses a malformed one is unknown; here it is a 400,
 * also for an empty list. Ids that nothing has are taken: they just find no change.
 */
export function readFilter(context: GraphContext): JobFilter {
  const criteria = bodyOf(context, jobBody).filteringCriteria;
  if (criteria === null) return null;
  if ('entityTypes' in criteria) return { kind: 'types', types: criteria.entityTypes };
  const values = criteria.filterValues.map(({ entityType, entityIds }) => ({
    type: entityType,
    ids: entityIds.map((id) => id.toLowerCase()),
  }));
  const count = values.reduce((sum, { ids }) => sum + ids.length, 0);
  if (count > mostIds && context.world.recovery.settings.hundredIds === 'refuse') {
    throw malformed(`A job takes at most ${mostIds} object ids; ${count} were given.`);
  }
  return { kind: 'ids', values };
}

/** The scope as a job echoes it. */
export function shownFilter(filter: JobFilter, nameOf: (type: string) => string): unknown {
  if (filter === null) return null;
  if (filter.kind === 'types') {
    return {
      '@odata.type': recoveryType('recoveryJobEntityNamesFilter'),
      entityTypes: filter.types.map(nameOf),
    };
  }
  return {
    '@odata.type': recoveryType('recoveryJobEntityNameAndIdsFilter'),
    filterValues: filter.values.map((value) => ({
      entityType: nameOf(value.type),
      entityIds: value.ids,
    })),
  };
}
