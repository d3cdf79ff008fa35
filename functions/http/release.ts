import type { z } from 'zod';
import { releaseBody, released } from '../../shared/contracts/http.js';
import type { ReleaseRole, ReleasesDocument } from '../../shared/domain/incident/documents.js';
import type { Json } from '../../shared/domain/json.js';
import { countRelease, type ReleaseCounted } from '../../shared/domain/approval/release-rule.js';
import { RewindError } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { incidentDoor } from './door.js';
import { policyOf } from './policy-of.js';
import { recordRefusal } from './refusals.js';
import { isoNow } from './services.js';

/** `POST /incidents/{id}/release`: after the end, a commander and an approver say release or keep. */
export const releaseActor = incidentDoor<PersonCaller, z.output<typeof releaseBody>>({
  name: 'releaseActor',
  method: 'POST',
  route: 'incidents/{id}/release',
  summary: 'Release a contained identity, or keep it contained.',
  access: people('Incident.Commander', 'Incident.Approver'),
  body: releaseBody,
  answers: { 202: { description: 'Whose word is still missing.', schema: released } },
  handle: async ({ services, context, incident, caller, body }) => {
    const { actorId, decision, note } = body;
    if (!incident.actors.some((actor) => actor.id.toLowerCase() === actorId)) {
      throw new RewindError('VALIDATION_FAILED', 'The request does not fit; see errors.', {
        issues: [{ path: 'actorId', code: 'custom', message: 'no actor of this incident' }],
      });
    }
    if (incident.state !== 'closed') {
      throw new RewindError('INCIDENT_NOT_CLOSED', 'Release is decided after the incident closed.');
    }
    const id = incident.actors.find((actor) => actor.id.toLowerCase() === actorId)?.id ?? actorId;
    const at = isoNow(services);
    const by = asPerson(caller);
    const policy = await policyOf(services, incident.id);
    const actorIds = incident.actors.map((actor) => actor.id);
    let counted: ReleaseCounted | undefined;
    await services.store.updateDocument<Json>(incident.id, 'releases', (value) => {
      const releases = (value ?? {}) as unknown as ReleasesDocument;
      const attempt = { decision, by, at, note };
      const rule = { policy, actorIds, mayBe: rolesOf(caller) };
      counted = countRelease(releases[id] ?? [], attempt, rule);
      const next = counted.ok ? { ...releases, [id]: counted.words } : releases;
      return next as unknown as Json;
    });
    if (counted === undefined) throw new Error('the store did not apply the change');
    if (!counted.ok) {
      await recordRefusal(services, incident.id, caller, 'release', counted.code);
      throw new RewindError(counted.code, counted.message);
    }
    await services.store.append(incident.id, `release:word:${id}:${by.id}`, {
      at,
      kind: `release.${decision}`,
      by,
      summary: `As ${counted.countedAs}, about ${id}: ${note}`,
    });
    await services.runs(context).wake(incident.id, 'marksChanged', `release-${id}-${by.id}`);
    return { status: 202, json: { remaining: counted.remaining } };
  },
});

const rolesOf = ({ roles }: PersonCaller): ReleaseRole[] => [
  ...(roles.includes('Incident.Commander') ? (['commander'] as const) : []),
  ...(roles.includes('Incident.Approver') ? (['approver'] as const) : []),
];
