import { z } from 'zod';
import type { RecoveryWish } from '../recovery/desk.js';
import type { PersonName } from '../scenarios/world.js';
import type { ControlWorld } from './control-world.js';
import { bodyOf, ControlProblem, personSchema, type Route } from './routing.js';

/** The Azure portal's own application (https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in). */
const portalAppId = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';

const duration = z.number().min(0);
const settingsBody = z
  .strictObject({
    /** Milliseconds before they are divided by the tenant's speed. */
    durations: z
      .strictObject({
        accept: duration,
        load: duration.nullable(),
        compareAtLeast: duration,
        comparePerChange: duration,
        writeAtLeast: duration,
        writePerChange: duration,
        cancel: duration,
      })
      .partial(),
    snapshotIds: z.enum(['unixSeconds', 'iso8601']),
    getSnapshot: z.enum(['found', 'notFound']),
    hundredIds: z.enum(['refuse', 'accept']),
    failChanges: z.record(z.guid(), z.string().min(1)),
    failJobs: z.number().int().min(0),
    consented: z.boolean(),
    stepUp: z
      .string()
      .regex(/^c[1-9]\d?$/)
      .nullable(),
    tokenLifetimeSeconds: z.number().int().min(1).nullable(),
  })
  .partial();
const roleBody = z.strictObject({
  person: personSchema.default('operator'),
  backupAdministrator: z.enum(['active', 'eligible', 'missing']),
});
const jobBody = z.strictObject({
  person: personSchema.default('operator'),
  kind: z.enum(['preview', 'recovery']).default('recovery'),
  /** As listed; by default the newest. */
  snapshotId: z.string().min(1).optional(),
  filteringCriteria: z.unknown().optional(),
});
const cancelBody = z.strictObject({ person: personSchema.default('operator') });

/** Backup and recovery: what there is, what goes wrong, and people who work in the portal. */
export function recoveryControlRoutes(world: ControlWorld): readonly Route[] {
  const { recovery } = world;
  return [
    { method: 'GET', path: /^\/recovery$/, answer: async () => recovery.view() },
    {
      method: 'PUT',
      path: /^\/recovery$/,
      answer: async (request) => {
        recovery.configure(bodyOf(request, settingsBody) as RecoveryWish);
        return recovery.view();
      },
    },
    {
      method: 'PUT',
      path: /^\/recovery\/role$/,
      answer: async (request) => {
        const { person, backupAdministrator } = bodyOf(request, roleBody);
        recovery.setRole(person, backupAdministrator);
        return { person, backupAdministrator };
      },
    },
    {
      method: 'POST',
      path: /^\/recovery\/jobs$/,
      answer: async (request) => {
        const { person, kind, snapshotId, ...body } = bodyOf(request, jobBody);
        const snapshot = encodeURIComponent(snapshotId ?? recovery.newest());
        const set = kind === 'preview' ? 'recoveryPreviewJobs' : 'recoveryJobs';
        return inPortal(world, person, `snapshots/${snapshot}/${set}`, body);
      },
    },
    {
      method: 'POST',
      path: /^\/recovery\/jobs\/(?<id>[0-9a-f-]{36})\/cancel$/,
      answer: async (request, { id = '' }) => {
        const { person } = bodyOf(request, cancelBody);
        const action = `jobs/${id}/microsoft.graph.entraRecoveryServices.cancel`;
        return inPortal(world, person, action, {});
      },
    },
  ];
}

/** A person's own request to Graph, with the portal as client: nothing of it is privileged here. */
async function inPortal(world: ControlWorld, person: PersonName, path: string, body: object) {
  const { origin, handle } = world.graph;
  const token = await world.identity.issuer.toUser({
    userId: world.teams.people[person].id,
    clientId: portalAppId,
    resource: origin,
    confidential: true,
  });
  const answer = await handle({
    method: 'POST',
    url: new URL(`/v1.0/directory/recovery/${path}`, origin),
    headers: {
      authorization: `Bearer ${token.accessToken}`,
      'content-type': 'application/json',
    },
    body: Buffer.from(JSON.stringify(body)),
  });
  if (answer.status >= 400) throw new ControlProblem(answer.status, 'REFUSED', answer.body);
  const location = answer.headers['location'] ?? '';
  return { location, jobId: location.slice(location.lastIndexOf('/') + 1) };
}
