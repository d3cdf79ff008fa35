import { z } from 'zod';
import type { JobRights } from '../../ports/recovery-service.js';
import { GraphRefusal } from './client.js';
import { readList, type Connection } from './connection.js';
import { odataText } from './request.js';

/** Entra Backup Administrator, and Global Administrator who includes it (backup fact sheet 4.5). */
const roles = ['b6a27b2b-f905-4b2e-81b5-0d90e0ef1fdb', '62e90394-69f5-4237-9190-012177145e10'];

const assignment = z.object({ roleDefinitionId: z.string() });

/**
 * Whether a person holds a role that may start jobs, or could activate it. Roles held through a group are
 * not seen here; the service has the last word when a job is started.
 */
export async function readJobRights(connection: Connection, userId: string): Promise<JobRights> {
  const holds = async (collection: string): Promise<boolean> => {
    const found = await readList(connection, assignment, {
      path: `/roleManagement/directory/${collection}`,
      query: { $filter: `principalId eq ${odataText(userId)}` },
    });
    return found.some(({ roleDefinitionId }) => roles.includes(roleDefinitionId.toLowerCase()));
  };
  if (await holds('roleAssignments')) return { backupAdministrator: 'active', note: null };
  try {
    const eligible = await holds('roleEligibilityScheduleInstances');
    return { backupAdministrator: eligible ? 'eligible' : 'missing', note: null };
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    const note = `Whether the role could be activated is not known: ${error.message}`;
    return { backupAdministrator: 'missing', note };
  }
}
