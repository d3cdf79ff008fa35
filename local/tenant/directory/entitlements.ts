import { isDeepStrictEqual } from 'node:util';
import { credentialsRow, keyDescriptions } from './credential-rows.js';
import * as rows from './entitlement-rows.js';
import { isoSeconds } from './instants.js';
import { Links } from './links.js';
import {
  text,
  type Change,
  type DirectoryObject,
  type Initiator,
  type Json,
  type Properties,
} from './model.js';
import { roleOf } from './roles.js';

/** Who may do what: directory roles, app roles, delegated grants, secrets and certificates. */
export class Entitlements extends Links {
  /** A directory role outside PIM, for the whole tenant. */
  grantRole(id: string, principalId: string, role: string, by: Initiator, at: number): Change[] {
    const properties = { principalId, roleDefinitionId: role, directoryScopeId: '/' };
    const change = this.store.create('roleAssignment', id, properties, at);
    this.#tellRole(principalId, role, true, by, at);
    return this.publish([change], by);
  }

  /** A directory role that its holder may activate in PIM, for the whole tenant. */
  grantEligibility(
    id: string,
    principalId: string,
    role: string,
    by: Initiator,
    at: number,
  ): Change[] {
    const change = this.store.create(
      'roleEligibility',
      id,
      {
        principalId,
        roleDefinitionId: role,
        directoryScopeId: '/',
        memberType: 'Direct',
        startDateTime: isoSeconds(at),
        roleEligibilityScheduleId: id,
      },
      at,
    );
    this.#tellRole(principalId, role, true, by, at, 'eligible member');
    return this.publish([change], by);
  }

  /** An app role of a resource for a service principal, a user or a group. */
  grantAppRole(
    id: string,
    grant: Readonly<Record<'principalId' | 'resourceId' | 'appRoleId', string>>,
    by: Initiator,
    at: number,
  ): Change[] {
    const { type } = this.object(grant.principalId);
    const properties = {
      ...grant,
      principalType: type.charAt(0).toUpperCase() + type.slice(1),
      createdDateTime: isoSeconds(at),
    };
    const change = this.store.create('appRoleAssignment', id, properties, at);
    this.#tellAppRole(properties, true, by, at);
    return this.publish([change], by);
  }

  /**
   * A delegated grant for one person, or with `principalId` null for everybody. Given on the consent
   * page it leaves two rows with one correlation id.
   */
  grantScopes(
    id: string,
    grant: {
      readonly clientId: string;
      readonly resourceId: string;
      readonly principalId: string | null;
      readonly scope: string;
    },
    by: Initiator,
    at: number,
    onConsentPage = false,
  ): Change[] {
    const consentType = grant.principalId === null ? 'AllPrincipals' : 'Principal';
    const properties = { ...grant, consentType };
    const change = this.store.create('oAuth2PermissionGrant', id, properties, at);
    const ends = this.#endsOf(properties);
    if (ends !== undefined) {
      const row = rows.grantRow(ends, { before: null, after: grant.scope }, by);
      const { correlationId } = this.trail.write(row, at);
      const consent = rows.consentRow(ends, { id, scope: grant.scope }, by);
      if (onConsentPage) this.trail.write({ ...consent, correlationId }, at);
    }
    return this.publish([change], by);
  }

  /** More or fewer scopes in a delegated grant; the service calls that an addition too. */
  changeScopes(id: string, scope: string, by: Initiator, at: number): Change[] {
    const { properties } = this.object(id);
    const before = text(properties, 'scope');
    if (before === scope) return [];
    const change = this.store.setProperty(id, 'scope', scope, at);
    const ends = this.#endsOf(properties);
    if (ends !== undefined) this.trail.write(rows.grantRow(ends, { before, after: scope }, by), at);
    return this.publish([change], by);
  }

  /** Ends a directory role assignment or eligibility, an app role assignment or a delegated grant. */
  endAssignment(id: string, by: Initiator, at: number): Change[] {
    const { type, properties } = this.object(id);
    const change = this.store.setState(id, 'gone', at);
    if (type === 'roleAssignment' || type === 'roleEligibility') {
      const principalId = text(properties, 'principalId');
      const noun = type === 'roleAssignment' ? 'member' : 'eligible member';
      this.#tellRole(principalId, text(properties, 'roleDefinitionId'), false, by, at, noun);
    } else if (type === 'appRoleAssignment') {
      this.#tellAppRole(properties, false, by, at);
    } else {
      const ends = this.#endsOf(properties);
      const scope = { before: text(properties, 'scope'), after: null };
      if (ends !== undefined) this.trail.write(rows.grantRow(ends, scope, by), at);
    }
    return this.publish([change], by);
  }

  /** Brings an ended app role assignment or delegated grant back under its old id. */
  reviveAssignment(id: string, by: Initiator, at: number): Change[] {
    const change = this.store.setState(id, 'live', at);
    const { type, properties } = this.object(id);
    if (type === 'appRoleAssignment') {
      this.#tellAppRole(properties, true, by, at);
    } else {
      const ends = this.#endsOf(properties);
      const scope = { before: null, after: text(properties, 'scope') };
      if (ends !== undefined) this.trail.write(rows.grantRow(ends, scope, by), at);
    }
    return this.publish([change], by);
  }

  /**
   * Replaces secrets, certificates or both of an application or service principal, in one row that
   * tells all key ids before and after. Lists that stay the same leave none.
   */
  setCredentials(
    id: string,
    lists: { readonly passwordCredentials?: Json; readonly keyCredentials?: Json },
    by: Initiator,
    at: number,
  ): Change[] {
    const object = this.object(id);
    const before = keyDescriptions(object.properties);
    const changes = Object.entries(lists)
      .filter(([name, list]) => !isDeepStrictEqual(object.properties[name] ?? [], list))
      .map(([name, list]) => this.store.setProperty(id, name, list, at));
    if (changes.length === 0) return [];
    const after = keyDescriptions(this.object(id).properties);
    this.trail.write(credentialsRow(object, before, after, by), at);
    return this.publish(changes, by);
  }

  #tellRole(
    principalId: string,
    role: string,
    added: boolean,
    by: Initiator,
    at: number,
    noun: 'member' | 'eligible member' = 'member',
  ): void {
    const definition = roleOf(role) ?? { id: role, displayName: 'Custom role' };
    const principal = this.#holder(principalId);
    if (principal === undefined) return;
    this.trail.write(rows.roleRow(principal, definition, added, by, noun), at);
  }

  #tellAppRole(properties: Readonly<Properties>, added: boolean, by: Initiator, at: number): void {
    const resource = this.#holder(text(properties, 'resourceId'));
    if (resource === undefined) return;
    const id = text(properties, 'appRoleId');
    const roles = (resource.properties['appRoles'] ?? []) as unknown as {
      id: string;
      value: string;
    }[];
    const role = roles.find((candidate) => candidate.id === id) ?? { id, value: '' };
    const grantee = this.#holder(text(properties, 'principalId'));
    if (grantee === undefined) return;
    this.trail.write(rows.appRoleRow(resource, grantee, role, added, by), at);
  }

  #endsOf(grant: Readonly<Properties>): rows.GrantEnds | undefined {
    const resource = this.#holder(text(grant, 'resourceId'));
    const client = this.#holder(text(grant, 'clientId'));
    const principal = this.#holder(text(grant, 'principalId'));
    if (resource === undefined || client === undefined) return undefined;
    return { resource, client, ...(principal === undefined ? {} : { principal }) };
  }

  /** Whoever holds something, also from the recycle bin. */
  #holder(id: string): DirectoryObject | undefined {
    return this.now.get(id) ?? this.now.deleted(id);
  }
}
