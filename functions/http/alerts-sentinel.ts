import { readAlertBody, type AlertReading } from '../../shared/contracts/sentinel.js';
import { alertBody } from '../../shared/contracts/sentinel-schemas.js';
import { ignored, started } from '../../shared/contracts/http.js';
import type { Person } from '../../shared/domain/identities.js';
import { readIntake } from '../../shared/domain/incident/intake-reading.js';
import { RewindError } from '../../shared/errors.js';
import { z } from 'zod';
import { notPermitted, verified } from './access.js';
import { door, type Access, type Knock } from './door.js';
import { joinIncident } from './join-incident.js';
import type { openOrJoin } from './open-incident.js';
import { targetOf } from './redirected.js';
import type { DoorServices } from './services.js';

interface AlertSender {
  readonly by: Person;
  /** Any action group of the tenant can be aimed at us: its alert rule must be on the policy's list. */
  readonly secureWebhook: boolean;
}

/** The first-party application behind secure webhooks (inbound fact sheet A.9). */
const actionGroups = '461e8683-5575-4561-ac7f-899cc907d62a';

const alertSenders: Access<AlertSender> = {
  describe:
    'a function key, an application with Incident.Trigger, or a secure webhook with ActionGroupsSecureWebhook',
  security: ['functionKey', 'entra'],
  admit: async (knock) => (await byKey(knock)) ?? (await byToken(knock)),
  personOf: () => null,
};

/** `POST /alerts/sentinel`: the machine door. Links in the body are kept for people and never called. */
export const alertsSentinel = (open: typeof openOrJoin) =>
  door<AlertSender, unknown>({
    name: 'alertsSentinel',
    method: 'POST',
    route: 'alerts/sentinel',
    summary:
      'Open an incident from a Sentinel or Azure Monitor alert, or join the one it belongs to.',
    access: alertSenders,
    body: z.unknown(),
    bodyDoc: alertBody,
    answers: {
      200: {
        description:
          'Nothing to do: the alert is resolved, or the body is what a merge left of an incident whose alerts are elsewhere.',
        schema: ignored,
      },
      202: { description: 'The incident this alert belongs to.', schema: started },
    },
    handle: async ({ body, caller, services, context }) => {
      const reading = readAlertBody(body);
      if (reading.kind === 'unfit') {
        throw new RewindError('VALIDATION_FAILED', 'The body is no alert this door knows.', {
          issues: reading.issues,
        });
      }
      if (caller.secureWebhook) await requireListedRule(ruleOf(reading), services);
      if (reading.kind === 'resolved') return { status: 200, json: { ignored: true } };
      const intake = readIntake(reading.alert, services.clock.now());
      if (reading.kind === 'redirected') {
        const target = await targetOf(services.store, intake, reading.into);
        if (target === 'elsewhere') {
          context.warn('A merged Sentinel incident without alerts opened nothing.');
          return { status: 200, json: { ignored: true, reason: 'redirected' } };
        }
        if (target !== null && target !== 'own') {
          const runs = services.runs(context);
          await joinIncident(services, runs, target.incidentId, intake, caller.by);
          return { status: 202, json: { ...target, deduplicated: true } };
        }
      }
      return { status: 202, json: await open(services, context, intake, caller.by) };
    },
  });

const ruleOf = (reading: Exclude<AlertReading, { kind: 'unfit' }>): string | null =>
  reading.kind === 'redirected' ? null : reading.rule;

async function byKey({ request, services }: Knock): Promise<AlertSender | null> {
  const key = request.headers.get('x-functions-key') ?? request.query.get('code');
  if (key === null || !(await services.keys.accepts(key))) return null;
  return { by: { id: 'function-key', name: 'holder of a function key' }, secureWebhook: false };
}

async function byToken(knock: Knock): Promise<AlertSender> {
  const caller = await verified(knock);
  if (caller.kind !== 'application') throw notPermitted('Incident.Trigger (of an application)');
  const by = { id: caller.id, name: `application ${caller.appId}` };
  if (caller.roles.includes('Incident.Trigger')) return { by, secureWebhook: false };
  const isActionGroup = caller.appId.toLowerCase() === actionGroups;
  if (isActionGroup && caller.roles.includes('ActionGroupsSecureWebhook')) {
    return { by, secureWebhook: true };
  }
  throw notPermitted('Incident.Trigger');
}

async function requireListedRule(rule: string | null, services: DoorServices): Promise<void> {
  const { policy } = await services.policies.current();
  const listed = policy.alerts.actionGroupRules.map((id) => id.toLowerCase());
  if (rule === null || !listed.includes(rule.toLowerCase())) {
    throw new RewindError(
      'NOT_PERMITTED',
      'The alert rule is not on the policy list alerts.actionGroupRules.',
    );
  }
}
