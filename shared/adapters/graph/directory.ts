import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../../ports/clock.js';
import type { Directory } from '../../ports/directory.js';
import type { GraphClient } from './client.js';
import type { Connection } from './connection.js';
import { createContainment } from './containment.js';
import { createGroups } from './groups.js';
import { createIdentities } from './identities.js';
import { createObjects } from './objects.js';
import { createOurApi } from './our-api.js';
import { createPrivileges } from './privileges.js';
import { createRestoreConflicts } from './restore-conflicts.js';
import { createSignInRules } from './sign-in-rules.js';
import { createWrites } from './writes.js';

export interface DirectoryOptions {
  readonly client: GraphClient;
  readonly clock: Clock;
  readonly credential: TokenCredential;
  /** Scope of Graph tokens, `ENDPOINT/.default`. */
  readonly scope: string;
  /** Application id of our API, for the roles people hold on it. */
  readonly apiAudience: string;
  readonly random?: () => number;
}

/** The tenant's directory through Microsoft Graph (port `Directory`). */
export function createGraphDirectory(options: DirectoryOptions): Directory {
  const connection: Connection = {
    client: options.client,
    clock: options.clock,
    random: options.random ?? Math.random,
  };
  const identities = createIdentities(connection, options);
  const privileges = createPrivileges(connection, identities.ownIdentity);
  return {
    ...identities,
    ...privileges,
    ...createContainment(connection),
    ...createObjects(connection, privileges),
    ...createRestoreConflicts(connection),
    ...createGroups(connection),
    ...createWrites(connection),
    ...createOurApi(connection, options.apiAudience),
    ...createSignInRules(connection, options.apiAudience),
  };
}
