import { isDeepStrictEqual } from 'node:util';
import { credentialsRow, keyDescriptions } from './credential-rows.js';
import * as rows from './entitlement-rows.js';
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
  grantRole(
    assignmentId: string,
    principalId: string,
    role: string,
    by: Initiator,
    at: number,
  ): void {
    const properties = { principalId, roleDefinitionId: role, directoryScopeId: '/' };
    this.store.create('roleAssignment', assignmentId, properties, at);
    this.#tellRole(principalId, role, true, by, at);
  }

  /** Ends a directory role assignment, an app role assignment or a delegated grant. */
  endAssignment(id: string, by: Initiator, at: number): Change[] {
    const { type, properties } = this.object(id);
    const change = this.store.setState(id, 'gone', at);
    if (type === 'roleAssignment') {
      const principalId = text(properties, 'principalId');
      this.#tellRole(principalId, text(properties, 'roleDefinitionId'), false, by, at);
    } else if (type === 'appRoleAssignment') {
      this.#tellAppRole(properties, by, at);
    } else {
      const client = this.#holder(text(properties, 'clientId'));
      if (client !== undefined) this.trail.write(rows.grantEndRow(client, properties, by), at);
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

  #tellRole(principalId: string, role: string, added: boolean, by: Initiator, at: number): void {
    const definition = roleOf(role) ?? { id: role, displayName: 'Custom role' };
    const principal = this.#holder(principalId);
    if (principal === undefined) return;
    this.trail.write(rows.roleRow(principal, definition, added, by), at);
  }

  #tellAppRole(properties: Readonly<Properties>, by: Initiator, at: number): void {
    const resource = this.object(text(properties, 'resourceId'));
    const id = text(properties, 'appRoleId');
    const roles = (resource.properties['appRoles'] ?? []) as unknown as {
      id: string;
      value: string;
    }[];
    const role = roles.find((candidate) => candidate.id === id) ?? { id, value: '' };
    const grantee = this.#holder(text(properties, 'principalId'));
    if (grantee === undefined) return;
    this.trail.write(rows.appRoleRow(resource, grantee, role, false, by), at);
  }

  /** Whoever holds something, also from the recycle bin. */
  #holder(id: string): DirectoryObject | undefined {
    return this.now.get(id) ?? this.now.deleted(id);
  }
}
