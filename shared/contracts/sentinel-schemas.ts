/**
 * The bodies in which an alert arrives, as Microsoft spells them (inbound fact sheet A.2 to A.4, A.9).
 * What identifies the alert is required and checked; the rest is named for whoever writes a sender and
 * read tolerantly, since a genuine alert with an odd member is still an alert.
 */
import { z } from 'zod';

const key = (most: number) => z.string().trim().min(1).max(most);
/** A member that is read when it is there and fits, and is never a reason to refuse. */
const read = (what: string) => z.unknown().optional().describe(what);

const sentinelIncidentObject = z
  .looseObject({
    name: key(200).describe('The key of the incident.'),
    id: read('ARM id of the incident.'),
    type: read('Microsoft.SecurityInsights/Incidents.'),
    properties: read(
      'Read: title, severity, labels[].labelName, firstActivityTimeUtc, lastActivityTimeUtc, createdTimeUtc, ' +
        'incidentNumber, incidentUrl, additionalData (alertsCount, providerIncidentUrl, mergedIncidentUrl), ' +
        'relatedAnalyticRuleIds[], relatedEntities[], alerts[] (name, properties.systemAlertId, ' +
        'startTimeUtc, endTimeUtc, entities[], additionalData with Custom Details).',
    ),
  })
  .meta({ id: 'SentinelIncident', description: 'A Sentinel incident, forwarded alone.' });

const sentinelIncident = z
  .looseObject({
    objectSchemaType: read('Incident.'),
    objectEventType: read('Create or Update; an update of an open incident joins it.'),
    workspaceId: read('The Log Analytics workspace.'),
    object: sentinelIncidentObject,
    incidentUpdates: read('Of an update: alerts[] that were added.'),
  })
  .meta({ id: 'SentinelIncidentTrigger', description: 'Body of the Sentinel incident trigger.' });

const sentinelAlert = z
  .looseObject({
    SystemAlertId: key(200).describe('The key of the alert.'),
    AlertDisplayName: read('Title.'),
    Severity: read('Severity.'),
    StartTimeUtc: read('First activity.'),
    EndTimeUtc: read('Last activity.'),
    CompromisedEntity: read('Read when it is a user principal name.'),
    Entities: read('A list, or one as JSON in a text; $ref stands for the entity with that $id.'),
    ExtendedProperties: read('An object, or one as JSON in a text; Custom Details name the actor.'),
  })
  .meta({ id: 'SentinelAlertTrigger', description: 'Body of the Sentinel alert trigger.' });

const sentinelEntity = z
  .looseObject({
    Entity: z
      .looseObject({ properties: read('AadUserId, or Name and UPNSuffix of an account.') })
      .describe('An account; other entities are refused.'),
    IncidentArmID: read('The Sentinel incident in which it was named.'),
  })
  .meta({ id: 'SentinelEntityTrigger', description: 'Body of the Sentinel entity trigger.' });

const azureMonitor = z
  .looseObject({
    schemaId: read('azureMonitorCommonAlertSchema.'),
    data: z.looseObject({
      essentials: z.looseObject({
        alertId: key(1000).describe('The key of the alert.'),
        alertRuleId: read('For a secure webhook it must be on the policy list.'),
        monitorCondition: read('Resolved is answered 200 and changes nothing.'),
        firedDateTime: read('Last activity, where the condition names no window.'),
      }),
      alertContext: read(
        'condition.windowStartTime, windowEndTime, allOf[].dimensions[]; links are never called.',
      ),
      customProperties: read('Name the actor, as custom details do.'),
    }),
  })
  .meta({ id: 'AzureMonitorAlert', description: 'The Azure Monitor common alert schema.' });

export const alertForms = {
  azureMonitor,
  sentinelIncident,
  sentinelAlert,
  sentinelEntity,
} as const;

const anyForm = z.union([...Object.values(alertForms), sentinelIncidentObject]);

/** All that `POST /alerts/sentinel` takes, for its description; `readAlertBody` does the reading. */
export const alertBody = z
  .union([
    ...anyForm.options,
    ...(['body', 'Body', 'object'] as const).map((name) => z.looseObject({ [name]: anyForm })),
    z
      .looseObject({})
      .describe(
        'The same forms with keys in any other case, which no schema can say. What is none of them is answered 422.',
      ),
  ])
  .describe('One of the named forms, alone or wrapped once in body or object, keys in any case.');

/**
 * The same schema for a value whose keys are all in lower case: the check that a body passes after
 * `anyCase`. Rules of objects alone are carried over, which is all that these forms have.
 */
export function inLowerCase(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodObject)) return schema;
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  return z.looseObject(
    Object.fromEntries(
      Object.entries(shape).map(([name, member]) => [name.toLowerCase(), inLowerCase(member)]),
    ),
  );
}
