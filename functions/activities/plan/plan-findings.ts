import type { AuditEvent } from '../../../shared/domain/attribution/audit.js';
import type { Window } from '../../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../../shared/domain/identities.js';
import type { Json } from '../../../shared/domain/json.js';
import { compareInstants, plusMs } from '../../../shared/domain/instants.js';
import {
  type Correlations,
  EarlierDeeds,
  tieTo,
} from '../../../shared/domain/attribution/suspicions.js';
import { plainText } from '../../../shared/domain/attribution/values.js';
import type { Identity } from '../../../shared/ports/directory.js';
import { askCommander } from '../ask-commander.js';
import { readIncident } from '../case-file.js';
import { isoNow, type ActivityServices } from '../services.js';

/** So far back the service keeps recovery points (backup fact sheet 5.2). */
const lookBehindMs = 7 * 86_400_000;
const armedLookedAt = 10;

interface FindingsDocument {
  readonly warnings: readonly string[];
}

const nameOf = (version: number): string => `findings-${version}`;

/** What the histories of a plan told beyond its objects; none when nothing was noted. */
export async function readFindings(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  version: number,
): Promise<readonly string[]> {
  const document = await services.store.readDocument<Json>(incidentId, nameOf(version));
  return (document as unknown as FindingsDocument | null)?.warnings ?? [];
}

/**
 * Looks beyond the objects of the plan and notes what its approvers must know: what the actors did before
 * the state that is returned to, service principals they gave credentials to and that then wrote, and
 * people who wrote through an actor's client. Whoever may be an actor too is proposed to the commander,
 * never added.
 */
export async function noteFindings(
  services: ActivityServices,
  about: {
    readonly incidentId: string;
    readonly version: number;
    readonly actors: readonly ActorRef[];
    readonly scopeWindow: Window;
    readonly recoveryPointAt: string | null;
    readonly correlations: Correlations;
    readonly inScope: ReadonlySet<string>;
    /** Since then everybody's rows on the objects of the plan were read. */
    readonly everybodyFrom: string;
    /** Takes the actors' rows on these objects from before that. */
    readonly keep: (event: AuditEvent) => Promise<void>;
  },
): Promise<void> {
  const { incidentId, version, correlations } = about;
  const warnings = [
    ...(await earlierDeeds(services, about)),
    ...(await armedPrincipals(services, about)),
    ...(await whoArmedActors(services, about)),
    ...[...correlations.people].map(
      ([id, { name, client, rows }]) =>
        `${plainText(name ?? id)} (${id}) wrote ${rows} times through a client named ${plainText(client)}, like an actor; names can be chosen, so these writes are not counted as the actor's. Name this person as an actor if they are one.`,
    ),
  ];
  const findings: FindingsDocument = { warnings };
  await services.store.updateDocument<Json>(
    incidentId,
    nameOf(version),
    () => findings as unknown as Json,
  );
}

async function earlierDeeds(
  services: ActivityServices,
  about: Parameters<typeof noteFindings>[1],
): Promise<string[]> {
  const { incidentId, actors, scopeWindow, recoveryPointAt, inScope, everybodyFrom, keep } = about;
  const deeds = new EarlierDeeds(recoveryPointAt, inScope);
  const before = { from: plusMs(isoNow(services), -lookBehindMs), to: scopeWindow.from };
  for await (const event of services.auditLog.readWrites(actors, before)) {
    deeds.take(event);
    const isEarlier = compareInstants(event.at, everybodyFrom) <= 0;
    if (isEarlier && inScope.has(event.objectId)) await keep({ ...event, earlier: true });
  }
  const { recoveryPoint } = await readIncident(services, incidentId);
  return deeds.warnings(recoveryPoint?.alternatives ?? []);
}

async function armedPrincipals(
  services: ActivityServices,
  { incidentId, actors, correlations }: Parameters<typeof noteFindings>[1],
): Promise<string[]> {
  const ids = new Set(actors.map(({ id }) => id));
  const warnings: string[] = [];
  const armed = [...correlations.armed];
  for (const [objectId, { objectType, at }] of armed.slice(0, armedLookedAt)) {
    const principal = await principalOf(services, objectId, objectType);
    if (principal === null || ids.has(principal.id)) continue;
    const rows = await writesSince(services, principal, at);
    if (rows === 0) continue;
    const text = `${plainText(principal.name)} (${principal.id}) wrote ${rows} times since the actor gave it credentials at ${at}; it may be the actor's tool.`;
    warnings.push(`${text} Its writes are not in this plan unless it is named as an actor.`);
    await propose(services, incidentId, principal.id, text, { servicePrincipalId: principal.id });
  }
  if (armed.length > armedLookedAt) {
    warnings.push(
      `The actor gave credentials to ${armed.length} applications or service principals; ${armedLookedAt} of them were looked at.`,
    );
  }
  return warnings;
}

/** Whoever gave credentials to an actor that is a service principal may stand behind it, unless an actor did. */
async function whoArmedActors(
  services: ActivityServices,
  { incidentId, actors }: Parameters<typeof noteFindings>[1],
): Promise<string[]> {
  const warnings: string[] = [];
  const known = new Set(actors.map(({ id }) => id));
  const now = isoNow(services);
  const window = { from: plusMs(now, -lookBehindMs), to: now };
  for (const actor of actors) {
    if (actor.kind !== 'servicePrincipal') continue;
    const applicationId = await services.directory.applicationOf(actor.id);
    const tool = { id: actor.id, applicationId, name: actor.name };
    const about = [actor.id, ...(applicationId === null ? [] : [applicationId])];
    const armings: AuditEvent[] = [];
    for await (const event of services.auditLog.readObjectEvents(about, window)) {
      if (tieTo(tool, event) === 'armed') armings.push(event);
    }
    // Once it is known who stands behind it, everybody else renewed a secret as they may.
    if (armings.some(({ by }) => by.id !== null && by.id !== actor.id && known.has(by.id)))
      continue;
    for (const event of armings) {
      const { id, kind, name } = event.by;
      if (id === null || known.has(id)) continue;
      known.add(id);
      const text = `${plainText(name ?? id)} (${id}) gave the actor ${plainText(actor.name)} credentials at ${event.at}; they may stand behind it.`;
      warnings.push(`${text} Their writes are not in this plan unless they are named as an actor.`);
      const named = kind === 'user' ? { userId: id } : { servicePrincipalId: id };
      await propose(services, incidentId, id, text, named);
    }
  }
  return warnings;
}

function propose(
  services: ActivityServices,
  incidentId: string,
  id: string,
  text: string,
  named: { readonly userId: string } | { readonly servicePrincipalId: string },
): Promise<unknown> {
  const body = { add: [named], note: 'proposed by the audit trail' };
  return askCommander(services, {
    incidentId,
    key: `candidate-${id}`,
    text: `${text} Name them as an actor if so: the scope and the plan are then drawn again.`,
    command: `POST /api/incidents/${incidentId}/actors ${JSON.stringify(body)}`,
  });
}

/** The service principal itself, or the one of an application. */
async function principalOf(
  { directory }: ActivityServices,
  objectId: string,
  objectType: AuditEvent['objectType'],
): Promise<Identity | null> {
  if (objectType === 'servicePrincipal') return directory.readIdentity(objectType, objectId);
  if (objectType !== 'application') return null;
  const [application] = await directory.readObjects('application', [objectId], ['appId'], []);
  const appId = application?.properties['appId'];
  if (typeof appId !== 'string') return null;
  return directory.findIdentity({
    kind: 'servicePrincipal',
    objectId: null,
    userPrincipalName: null,
    appId,
  });
}

async function writesSince(
  services: ActivityServices,
  { id, name }: Identity,
  from: string,
): Promise<number> {
  let rows = 0;
  const principal: ActorRef = { kind: 'servicePrincipal', id, name };
  const window = { from, to: isoNow(services) };
  for await (const event of services.auditLog.readWrites([principal], window)) {
    if (event.succeeded && event.kind !== 'other') rows += 1;
  }
  return rows;
}
