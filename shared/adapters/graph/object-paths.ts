import type { ObjectType } from '../../domain/attribution/audit.js';
import { graphPath } from './request.js';

/** Where an object lives, and where it lies after it was deleted. */
interface Place {
  readonly live: (id: string) => string;
  /** Null: there is no recycle bin. */
  readonly bin: ((id: string) => string) | null;
}

const deleted = (id: string): string => graphPath`/directory/deletedItems/${id}`;

const places: Readonly<Partial<Record<ObjectType, Place>>> = {
  user: { live: (id) => graphPath`/users/${id}`, bin: deleted },
  group: { live: (id) => graphPath`/groups/${id}`, bin: deleted },
  application: { live: (id) => graphPath`/applications/${id}`, bin: deleted },
  servicePrincipal: { live: (id) => graphPath`/servicePrincipals/${id}`, bin: deleted },
  // Conditional Access has a recycle bin of its own (backup fact sheet 11.2).
  conditionalAccessPolicy: {
    live: (id) => graphPath`/identity/conditionalAccess/policies/${id}`,
    bin: (id) => graphPath`/identity/conditionalAccess/deletedItems/policies/${id}`,
  },
  namedLocation: {
    live: (id) => graphPath`/identity/conditionalAccess/namedLocations/${id}`,
    bin: (id) => graphPath`/identity/conditionalAccess/deletedItems/namedLocations/${id}`,
  },
  // Of these two a tenant has one each, whatever id the audit trail gives it.
  authorizationPolicy: { live: () => '/policies/authorizationPolicy', bin: null },
  authenticationMethodPolicy: { live: () => '/policies/authenticationMethodsPolicy', bin: null },
  authenticationStrengthPolicy: {
    live: (id) => graphPath`/policies/authenticationStrengthPolicies/${id}`,
    bin: null,
  },
  organization: { live: (id) => graphPath`/organization/${id}`, bin: null },
};

/** Null for kinds that Graph gives us no way to read or write by id. */
export const placeOf = (objectType: ObjectType): Place | null => places[objectType] ?? null;

const inDirectory = new Set<ObjectType>(['user', 'group', 'application', 'servicePrincipal']);

/** Objects of the directory itself: read many at a time, deleted into the common recycle bin. */
export const isInDirectory = (objectType: ObjectType): boolean => inDirectory.has(objectType);
