import { startBody, started, type StartBody } from '../../shared/contracts/http.js';
import type { Person } from '../../shared/domain/incident.js';
import type { ActorHint, Intake } from '../../shared/domain/intake.js';
import { digestOf } from '../../shared/digest.js';
import { RewindError } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { door } from './door.js';
import { openOrJoin } from './open-incident.js';
import type { DoorServices } from './services.js';

/** `POST /incidents`: a commander opens by hand, and is a diagnostician from then on. */
export const startIncident = door<PersonCaller, StartBody>({
  name: 'startIncident',
  method: 'POST',
  route: 'incidents',
  summary: 'Open an incident by hand, from an actor or from damaged objects.',
  access: people('Incident.Commander'),
  body: startBody,
  answers: { 202: { description: 'The incident.', schema: started } },
  handle: async ({ request, body, caller, services, context }) => {
    const now = new Date(services.clock.now()).toISOString();
    if (body.window.from >= now) throw badField('window.from', 'from lies in the future');
    const key = request.headers.get('idempotency-key');
    if (key !== null && !/^[\x21-\x7e]{1,200}$/.test(key)) {
      throw badField('Idempotency-Key', '1 to 200 visible ASCII characters are needed');
    }
    const by = asPerson(caller);
    if (key !== null) await holdKeyToBody(services, by, key, body);
    const unique = key ?? globalThis.crypto.randomUUID();
    const intake = intakeOf(body, by, unique, now);
    return { status: 202, json: await openOrJoin(services, context, intake, by) };
  },
});

/** The first body under a key owns it. The claim's value is the body's digest. */
async function holdKeyToBody(
  services: DoorServices,
  by: Person,
  key: string,
  body: StartBody,
): Promise<void> {
  const digest = digestOf(body).slice('sha256:'.length);
  const claim = await services.store.claim(`idempotency|${by.id}|${key}`, digest);
  if (claim.incidentId !== digest) {
    throw new RewindError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key came with another body before. Use a new key.',
    );
  }
}

function intakeOf(body: StartBody, by: Person, key: string, now: string): Intake {
  const { title, actor, targets, window, cause, note } = body;
  const end = window.to !== undefined && window.to <= now ? window.to : null;
  return {
    source: 'commander',
    key: { kind: 'commander', value: `${by.id}${key}` },
    alertIds: [],
    title,
    severity: null,
    window: { from: window.from, to: end ?? now },
    // Said again later, the same request must not widen the window to that later now.
    ...(end !== null ? {} : { windowGuessed: true as const }),
    hints: actor === undefined ? [] : [hintOf(actor, by)],
    targets:
      targets === undefined
        ? null
        : {
            objectIds: targets.objectIds ?? [],
            objectType: targets.objectType ?? null,
            property: targets.property ?? null,
            operation: targets.operation ?? null,
          },
    cause,
    labels: [],
    openedBy: by,
    note: note ?? null,
    references: {},
  };
}

function hintOf(actor: NonNullable<StartBody['actor']>, by: Person): ActorHint {
  const isApp = actor.servicePrincipalId !== undefined || actor.appId !== undefined;
  return {
    kind: isApp ? 'servicePrincipal' : 'user',
    objectId: actor.userId ?? actor.servicePrincipalId ?? null,
    userPrincipalName: actor.userPrincipalName?.toLowerCase() ?? null,
    appId: actor.appId ?? null,
    displayName: null,
    reason: `named by ${by.name}`,
  };
}

const badField = (path: string, message: string): RewindError =>
  new RewindError('VALIDATION_FAILED', 'The request does not fit; see errors.', {
    issues: [{ path, code: 'custom', message }],
  });
