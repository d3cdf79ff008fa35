/**
 * The four bodies in which an alert arrives (inbound fact sheet A.2 to A.4, A.9): Sentinel incident,
 * alert and entity trigger, Azure Monitor common alert schema. Tolerant: only what identifies the alert
 * must be there; everything else that is missing or odd is left out.
 */
import type { z } from 'zod';
import type { ReceivedAlert } from '../domain/incident/intake-reading.js';
import type { Issue } from '../errors.js';
import { anyCase, isObject, textOf, type AnyCase, type AnyCaseObject } from './any-case.js';
import { alertForms, inLowerCase } from './sentinel-schemas.js';
import {
  isShell,
  readAzureMonitor,
  readSentinelAlert,
  readSentinelEntity,
  readSentinelIncident,
} from './sentinel-forms.js';

export type AlertReading =
  | { readonly kind: 'alert'; readonly alert: ReceivedAlert; readonly rule: string | null }
  /**
   * What a merge left of a Sentinel incident (fact sheet A.7): its alerts are elsewhere. `into` is the
   * link of the incident that has them now, when the body names it.
   */
  | { readonly kind: 'redirected'; readonly alert: ReceivedAlert; readonly into: string | null }
  /** Azure Monitor says that an alert is over; there is nothing to respond to. */
  | { readonly kind: 'resolved'; readonly rule: string | null }
  | { readonly kind: 'unfit'; readonly issues: readonly Issue[] };

type FormName = keyof typeof alertForms;

const forms = Object.fromEntries(
  Object.entries(alertForms).map(([name, form]) => [name, inLowerCase(form)]),
) as Record<FormName, z.ZodType>;

/** Reads a parsed body of any form, also wrapped one level in `body` or `object`. Never throws. */
export function readAlertBody(value: unknown): AlertReading {
  const outside = anyCase(value);
  const found = recognised(outside);
  if (found === null) return unfit('', 'unknown_form', unknownForm);

  const parsed = forms[found.form].safeParse(found.body);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, code, message }) => ({
      path: path.map(String).join('.'),
      code,
      message,
    }));
    return { kind: 'unfit', issues };
  }
  const rule = ruleOf(found.body);
  if (found.form === 'azureMonitor' && isResolved(found.body)) return { kind: 'resolved', rule };
  const alert = readers[found.form](found.body);
  if (alert === null) return unfit('Entity', 'no_account', 'the entity names no account');
  if (found.form === 'sentinelIncident' && isShell(found.body)) {
    return { kind: 'redirected', alert, into: alert.references['mergedIncidentUrl'] ?? null };
  }
  return { kind: 'alert', alert, rule };
}

const unknownForm =
  'neither a Sentinel incident, alert or entity trigger body nor the Azure Monitor common alert schema; ' +
  'a Logic App started by hand sends an empty object';

const readers: Record<FormName, (body: AnyCaseObject) => ReceivedAlert | null> = {
  azureMonitor: readAzureMonitor,
  sentinelIncident: readSentinelIncident,
  sentinelAlert: readSentinelAlert,
  sentinelEntity: readSentinelEntity,
};

/** The form and the object that has it: the body itself, or what lies in `body` or `object`. */
function recognised(value: AnyCase): { form: FormName; body: AnyCaseObject } | null {
  if (!isObject(value)) return null;
  for (const candidate of [value, value['body'], value['object']]) {
    if (!isObject(candidate)) continue;
    const form = formOf(candidate);
    if (form !== null) return { form, body: candidate };
    if (isBareIncident(candidate)) return { form: 'sentinelIncident', body: { object: candidate } };
  }
  return null;
}

/** Playbooks also forward the incident alone, without the event around it. */
const isBareIncident = (body: AnyCaseObject): boolean =>
  textOf(body['type'])?.toLowerCase() === 'microsoft.securityinsights/incidents' &&
  isObject(body['properties']);

function formOf(body: AnyCaseObject): FormName | null {
  const { data, object } = body;
  const schema = textOf(body['schemaid'])?.toLowerCase();
  if (schema === 'azuremonitorcommonalertschema') return 'azureMonitor';
  if (isObject(data) && isObject(data['essentials'])) return 'azureMonitor';
  if (textOf(body['objectschematype'])?.toLowerCase() === 'incident') return 'sentinelIncident';
  if (isObject(object) && isObject(object['properties'])) return 'sentinelIncident';
  if ('systemalertid' in body) return 'sentinelAlert';
  return 'entity' in body ? 'sentinelEntity' : null;
}

function essentialsOf(body: AnyCaseObject): AnyCaseObject {
  const { data } = body;
  const essentials = isObject(data) ? data['essentials'] : null;
  return isObject(essentials) ? essentials : {};
}

const isResolved = (body: AnyCaseObject): boolean =>
  textOf(essentialsOf(body)['monitorcondition'])?.toLowerCase() === 'resolved';

const ruleOf = (body: AnyCaseObject): string | null => textOf(essentialsOf(body)['alertruleid']);

const unfit = (path: string, code: string, message: string): AlertReading => ({
  kind: 'unfit',
  issues: [{ path, code, message }],
});
