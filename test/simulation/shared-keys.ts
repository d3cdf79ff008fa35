import { createKeyRing } from '../../local/tenant/identity/key-ring.js';
import { createConnectorKeys } from '../../local/tenant/teams/connector-authority.js';

/** Making keys takes longer than anything else in a world, and nothing here depends on them. */
export const sharedKeys = { identity: createKeyRing(), connector: createConnectorKeys() };
