import type { ReceivedAlert } from '../domain/incident/intake-reading.js';
import { listOf, objectOf, textOf, type AnyCase, type AnyCaseObject } from './any-case.js';
import { accountsIn, detailsIn } from './sentinel-entities.js';

/** Incident trigger (fact sheet A.2). The schema has established `object.name`. */
export function readSentinelIncident(body: AnyCaseObject): ReceivedAlert {
  const object = objectOf(body['object']);
  const properties = objectOf(object['properties']);
  const updates = objectOf(body['incidentupdates']);
  const alerts = [...listOf(properties['alerts']), ...listOf(updates['alerts'])].map(objectOf);
  const facts = alerts.map((alert) => objectOf(alert['properties']));
  // What the rule's query looked at, where the alert names no times of its own.
  const extras = facts.map((alert) => objectOf(alert['additionaldata']));
  const entities = [
    ...listOf(properties['relatedentities']),
    ...facts.flatMap((alert) => listOf(alert['entities'])),
  ];
  const name = textOf(object['name'], 200) ?? '';
  return {
    source: 'sentinelIncident',
    key: { kind: 'incident', value: name },
    alertIds: alerts.flatMap((alert, index) => {
      const id = textOf(facts[index]?.['systemalertid'], 200) ?? textOf(alert['name'], 200);
      return id === null ? [] : [id];
    }),
    title: textOf(properties['title']),
    severity: textOf(properties['severity'], 50),
    firstTimes: [
      textOf(properties['firstactivitytimeutc']),
      earliest(facts, 'starttimeutc'),
      earliest(extras, 'query start time utc'),
      textOf(properties['createdtimeutc']),
    ],
    lastTimes: [
      textOf(properties['lastactivitytimeutc']),
      latest(facts, 'endtimeutc'),
      latest(extras, 'query end time utc'),
      textOf(properties['createdtimeutc']),
    ],
    accounts: accountsIn(entities),
    details: detailsIn(extras.map((extra) => extra['custom details'])),
    labels: labelsOf(properties),
    references: present({
      incidentName: name,
      incidentArmId: object['id'],
      incidentNumber: properties['incidentnumber'],
      incidentUrl: properties['incidenturl'],
      providerIncidentUrl: objectOf(properties['additionaldata'])['providerincidenturl'],
      mergedIncidentUrl: objectOf(properties['additionaldata'])['mergedincidenturl'],
      workspaceId: body['workspaceid'],
      analyticRuleId: listOf(properties['relatedanalyticruleids'])[0],
      event: body['objecteventtype'],
    }),
  };
}

/**
 * Whether this is the shell that a merge leaves behind: labelled "Redirected", and said to have no alerts
 * (fact sheet A.7). An empty list alone says nothing, since most incidents arrive with one, and neither
 * does a count that is absent: it has to be stated, and 0.
 */
export function isShell(body: AnyCaseObject): boolean {
  const properties = objectOf(objectOf(body['object'])['properties']);
  const updates = objectOf(body['incidentupdates']);
  const listed = [...listOf(properties['alerts']), ...listOf(updates['alerts'])].length;
  const counted = textOf(objectOf(properties['additionaldata'])['alertscount']);
  return (
    listed === 0 &&
    counted !== null &&
    Number(counted) === 0 &&
    labelsOf(properties).some((label) => label.toLowerCase() === 'redirected')
  );
}

const labelsOf = (properties: AnyCaseObject): string[] =>
  listOf(properties['labels']).flatMap((label) => {
    const text = textOf(objectOf(label)['labelname'], 100);
    return text === null ? [] : [text];
  });

/** Alert trigger: flat, no incident around it (fact sheet A.3). */
export function readSentinelAlert(body: AnyCaseObject): ReceivedAlert {
  const extended = objectOf(body['extendedproperties']);
  const id = textOf(body['systemalertid'], 200) ?? '';
  return {
    source: 'sentinelAlert',
    key: { kind: 'alert', value: id },
    alertIds: [id],
    title: textOf(body['alertdisplayname']) ?? textOf(body['alertname']),
    severity: textOf(body['severity'] ?? body['alertseverity'], 50),
    firstTimes: [
      textOf(body['starttimeutc'] ?? body['starttime']),
      textOf(extended['query start time utc']),
      textOf(body['timegenerated']),
    ],
    lastTimes: [
      textOf(body['endtimeutc'] ?? body['endtime']),
      textOf(extended['query end time utc']),
      textOf(body['timegenerated']),
    ],
    accounts: accountsIn([
      ...listOf(body['entities']),
      ...compromised(textOf(body['compromisedentity'], 300)),
    ]),
    details: detailsIn([extended['custom details'], body['customdetails']]),
    labels: [],
    references: present({
      alertId: id,
      alertType: body['alerttype'],
      workspaceId: body['workspaceid'],
      product: body['productname'],
    }),
  };
}

/** Entity trigger: one account, by hand (fact sheet A.4). Null when the entity names nobody. */
export function readSentinelEntity(body: AnyCaseObject): ReceivedAlert | null {
  const entity = objectOf(body['entity']);
  const accounts = accountsIn([{ kind: 'account', ...entity }]);
  const who = accounts[0]?.aadUserId ?? accounts[0]?.userPrincipalName ?? null;
  if (who === null) return null;
  const arm = textOf(body['incidentarmid'], 500);
  const place = arm ?? textOf(entity['id'], 500) ?? '';
  return {
    source: 'sentinelEntity',
    // The reading adds the hour of arrival.
    key: { kind: 'entity', value: `${/\/workspaces\/([^/]+)/i.exec(place)?.[1] ?? ''}/${who}` },
    alertIds: [],
    title: `Account named by hand: ${accounts[0]?.displayName ?? who}`,
    severity: null,
    firstTimes: [],
    lastTimes: [],
    accounts,
    details: {},
    labels: [],
    references: present({
      incidentArmId: arm,
      incidentName: arm === null ? null : (/\/incidents\/([^/]+)\/?$/i.exec(arm)?.[1] ?? null),
      entityId: entity['id'],
    }),
  };
}

/** Common alert schema: no rows, so dimensions and custom properties are all it tells (fact sheet A.9). */
export function readAzureMonitor(body: AnyCaseObject): ReceivedAlert {
  const data = objectOf(body['data']);
  const essentials = objectOf(data['essentials']);
  const context = objectOf(data['alertcontext']);
  const condition = objectOf(context['condition']);
  const dimensions = listOf(condition['allof']).flatMap((part) =>
    listOf(objectOf(part)['dimensions']).map(objectOf),
  );
  const dimensionDetails = dimensions.map((dimension): AnyCaseObject => {
    const name = textOf(dimension['name'], 100);
    return name === null ? {} : { [name]: dimension['value'] ?? null };
  });
  const fired = textOf(essentials['fireddatetime']);
  return {
    source: 'azureMonitor',
    key: { kind: 'azureMonitor', value: textOf(essentials['alertid']) ?? '' },
    alertIds: [],
    title: textOf(essentials['description']) ?? textOf(essentials['alertrule']),
    severity: textOf(essentials['severity'], 50),
    firstTimes: [textOf(condition['windowstarttime'])],
    lastTimes: [textOf(condition['windowendtime']), fired],
    accounts: [],
    details: detailsIn([data['customproperties'], context['properties'], ...dimensionDetails]),
    labels: [],
    references: present({
      alertId: essentials['alertid'],
      alertRule: essentials['alertrule'],
      alertRuleId: essentials['alertruleid'],
      investigationLink: essentials['investigationlink'],
    }),
  };
}

/** `CompromisedEntity` is free text; only a UPN in it is of use. */
const compromised = (text: string | null): AnyCase[] =>
  text?.includes('@') ? [{ kind: 'account', userprincipalname: text }] : [];

const times = (facts: readonly AnyCaseObject[], name: string): string[] =>
  facts
    .map((alert) => textOf(alert[name]))
    .filter((text): text is string => text !== null)
    .sort();

const earliest = (facts: readonly AnyCaseObject[], name: string): string | null =>
  times(facts, name).at(0) ?? null;

const latest = (facts: readonly AnyCaseObject[], name: string): string | null =>
  times(facts, name).at(-1) ?? null;

function present(values: Readonly<Record<string, AnyCase | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const text = textOf(value, 500);
      return text === null ? [] : [[name, text] as const];
    }),
  );
}
