import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { accessTokenWarning } from '../../../shared/domain/incident/containment-rules.js';
import { compareInstants } from '../../../shared/domain/instants.js';
import type { AuditEvent } from '../../../shared/domain/attribution/audit.js';
import { noteContainment, readContainments } from './containment-notes.js';
import { isChange } from '../scope/histories.js';
import { isoNow, type ActivityServices } from '../services.js';

const clockToleranceMs = 60_000;

/**
 * Reads the containment back (fact sheet H): disabled, sessions revoked since we asked, credentials and
 * roles gone; and looks for writes with a later time. A proof once given keeps its time.
 */
export async function proveContainment(
  services: ActivityServices,
  { incidentId, actor, measures }: ActivityInput<'proveContainment'>,
): Promise<ActivityOutput<'proveContainment'>> {
  const note = (await readContainments(services, incidentId))[actor.id];
  const missing = await notYetVisible();
  const now = isoNow(services);
  const provenAt = missing.length > 0 ? null : (note?.provenAt ?? now);
  if (provenAt !== null && note?.provenAt === null) {
    await noteContainment(services, incidentId, actor, (noted) => ({ ...noted, provenAt }));
  }
  // Containment that was proven once and is undone since is the very case in which writes matter.
  const containedAt = note?.provenAt ?? provenAt;
  const last = containedAt === null ? null : await lastWriteSince(containedAt);
  return {
    proven: missing.length === 0,
    why: missing.length === 0 ? accessTokenWarning(actor.kind) : missing.join('; '),
    provenAt,
    lastWriteAt: last?.at ?? null,
    clientName: last?.by.clientName ?? null,
    ipAddress: last?.by.ipAddress ?? null,
  };

  async function notYetVisible(): Promise<string[]> {
    const identity = await services.directory.readIdentity(actor.kind, actor.id);
    if (identity === null) return ['the identity cannot be read'];
    const unseen: string[] = [];
    const revokedAt = note?.takenAt.revokeSessions;
    for (const measure of measures) {
      if (measure === 'disable' && identity.enabled)
        unseen.push('the account still reads as enabled');
      if (measure === 'revokeSessions') {
        const validFrom = Date.parse(identity.sessionsValidFrom ?? '1970-01-01T00:00:00Z');
        if (revokedAt === undefined || validFrom < Date.parse(revokedAt) - clockToleranceMs) {
          unseen.push('sessions still read as valid from before the revocation');
        }
      }
      if (
        measure === 'removeCredentials' &&
        (await services.directory.listCredentials(actor.id)).length > 0
      ) {
        unseen.push('credentials are still listed');
      }
      if (
        measure === 'removeAppRoles' &&
        (await services.directory.listAppRoleAssignments(actor.id)).length > 0
      ) {
        unseen.push('app roles are still listed');
      }
      if (
        measure === 'removeAppRoles' &&
        (await services.directory.listGrants(actor.id)).length > 0
      ) {
        unseen.push('delegated grants are still listed');
      }
      if (
        measure === 'removeDirectoryRoles' &&
        (await services.directory.listRoleAssignments(actor.id)).length > 0
      ) {
        unseen.push('directory roles are still listed');
      }
    }
    return unseen;
  }

  async function lastWriteSince(from: string): Promise<AuditEvent | null> {
    let last: AuditEvent | null = null;
    for await (const event of services.auditLog.readWrites([actor], { from, to: now })) {
      if (isChange(event) && compareInstants(event.at, from) > 0) last = event;
    }
    return last;
  }
}
