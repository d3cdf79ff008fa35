import { Agenda } from './agenda.js';
import type { AuditDraft, AuditEvent, ModifiedProperty } from './audit-event.js';
import * as rows from './audit-rows.js';
import { AuditTrail } from './audit-trail.js';
import { Automation } from './automation.js';
import { day, isoSeconds } from './instants.js';
import {
  text,
  type Change,
  type DirectoryObject,
  type Initiator,
  type LinkName,
  type ObjectType,
  type Properties,
} from './model.js';
import { chance, seeded, type Random } from './random.js';
import { Replication } from './replicas.js';
import { roleOf } from './roles.js';
import { Store } from './store.js';
import type { View } from './view.js';

/** How a change shows in the audit trail when it is not the ordinary row. */
export interface Telling {
  /** No row at all: a change nobody can explain. */
  readonly silent?: boolean;
  /** The row as a faulty exporter left it. */
  readonly rewrite?: (modified: readonly ModifiedProperty[]) => readonly ModifiedProperty[];
}

export type ChangeListener = (change: Change, by: Initiator | null) => void;

/**
 * The directory of the tenant: its objects, its whole history, and the audit trail that every change
 * leaves. Each method returns the changes it made; none means that nothing was different.
 */
export class Directory {
  readonly tenantId: string;
  readonly trail: AuditTrail;
  readonly agenda = new Agenda();
  readonly #store: Store;
  readonly #random: Random;
  readonly #automation: Automation;
  readonly #listeners: ChangeListener[] = [];
  readonly #idByUpn = new Map<string, string>();
  readonly #idByAppId = new Map<string, string>();

  constructor(options: { tenantId: string; seed: number; speed: number; start: number }) {
    this.tenantId = options.tenantId;
    this.#random = seeded(options.seed, 'directory');
    this.#store = new Store(new Replication(seeded(options.seed, 'replicas'), options.speed));
    this.trail = new AuditTrail(seeded(options.seed, 'trail'), options.speed, options.start);
    this.#automation = new Automation(this, seeded(options.seed, 'automation'), options);
  }

  /** The truth, now. */
  get now(): View {
    return this.#store.now;
  }

  asOf(instant: number): View {
    return this.#store.asOf(instant);
  }

  onReplica(replica: number, instant: number, extraLag?: number): View {
    return this.#store.onReplica(replica, instant, extraLag);
  }

  /** Lets everything happen that the tenant does by itself up to `now`. */
  advance(now: number): void {
    this.agenda.advance(now);
  }

  /** From here on time is lived, at the tenant's speed; before, the past is written. */
  goLive(): void {
    this.trail.goLive();
    this.#automation.goLive();
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  changesOf(id: string): readonly Change[] {
    return this.#store.changesOf(id);
  }

  idOfUser(userPrincipalName: string): string | undefined {
    return this.#idByUpn.get(userPrincipalName.toLowerCase());
  }

  /** The service principal, or else the application, of an application id is found by `type:appId`. */
  idOfApp(type: 'application' | 'servicePrincipal', appId: string): string | undefined {
    return this.#idByAppId.get(`${type}:${appId.toLowerCase()}`);
  }

  seed(type: ObjectType, id: string, properties: Properties): void {
    this.#store.seed(type, id, properties);
    this.#index(type, id, properties);
  }

  seedLink(sourceId: string, name: LinkName, targetId: string): void {
    this.#store.seedLink(sourceId, name, targetId);
  }

  /** Directory-sync's own idea of an object; it wins at the next cycle (graph fact sheet A.2). */
  setOnPremises(id: string, accountEnabled: boolean): void {
    this.#automation.setOnPremises(id, accountEnabled);
  }

  create(
    type: 'user' | 'group' | 'application' | 'servicePrincipal',
    id: string,
    properties: Properties,
    by: Initiator,
    at: number,
  ): Change[] {
    const change = this.#store.create(type, id, properties, at);
    this.#index(type, id, properties);
    this.trail.write(rows.addRow(this.object(id), by), at);
    return this.#publish([change], by);
  }

  /** Sets properties, writes one row for those that differ. */
  update(
    id: string,
    patch: Properties,
    by: Initiator,
    at: number,
    telling: Telling = {},
  ): Change[] {
    const object = this.object(id);
    const updated = Object.entries(patch)
      .map(([name, after]) => ({ name, before: object.properties[name] ?? null, after }))
      .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
    const changes = updated.map(({ name, after }) => this.#store.setProperty(id, name, after, at));
    if (changes.length > 0 || telling.rewrite !== undefined) {
      if ('userPrincipalName' in patch) this.#index(object.type, id, patch);
      if (!telling.silent) this.#tellUpdate(this.object(id), updated, by, at, telling);
    }
    return this.#publish(changes, by);
  }

  /** A row without a change: a write of the value that was there already still leaves one. */
  tellAgain(id: string, updated: rows.Updated, by: Initiator, at: number): AuditEvent {
    return this.trail.write(rows.updateRow(this.object(id), updated, by), at);
  }

  /** A password write: logged, its value never. */
  resetPassword(id: string, by: Initiator, at: number): Change[] {
    const change = this.#store.setProperty(id, 'lastPasswordChangeDateTime', isoSeconds(at), at);
    this.trail.write(
      rows.draft(this.object(id), 'Update PasswordProfile', 'Update', by, [
        { displayName: 'ForceChangePassword', oldValue: '"False"', newValue: '"True"' },
        { displayName: 'Password', oldValue: null, newValue: null },
      ]),
      at,
    );
    return this.#publish([change], by);
  }

  /** Moves the moment from which refresh tokens count; never back. */
  revokeSessions(id: string, by: Initiator, at: number): Change[] {
    const name = 'signInSessionsValidFromDateTime';
    const before = this.object(id).properties[name] ?? null;
    const change = this.#store.setProperty(id, name, isoSeconds(at), at);
    const row = rows.updateRow(this.object(id), [{ name, before, after: isoSeconds(at) }], by);
    this.trail.write({ ...row, activity: 'Update StsRefreshTokenValidFrom Timestamp' }, at);
    return this.#publish([change], by);
  }

  softDelete(id: string, by: Initiator, at: number): Change[] {
    const object = this.object(id);
    this.trail.write(rows.deleteRow(object, by), at);
    const change = this.#store.setState(id, 'deleted', at);
    this.agenda.add(at + 30 * day, (due) => {
      if (this.now.deletedAt(id) === at && this.now.state(id) === 'deleted') {
        this.#store.setState(id, 'gone', due);
      }
    });
    return this.#publish([change], by);
  }

  restore(id: string, by: Initiator, at: number): Change[] {
    const change = this.#store.setState(id, 'live', at);
    this.trail.write(rows.restoreRow(this.object(id), by), at);
    return this.#publish([change], by);
  }

  hardDelete(id: string, by: Initiator, at: number): Change[] {
    const object = this.now.deleted(id) ?? this.object(id);
    this.trail.write(rows.hardDeleteRow(object, by), at);
    return this.#publish([this.#store.setState(id, 'gone', at)], by);
  }

  setLink(
    name: 'members' | 'owners',
    groupId: string,
    memberId: string,
    added: boolean,
    by: Initiator,
    at: number,
  ): Change[] {
    const change = this.#store.setLink(groupId, name, memberId, added, at);
    if (change === undefined) return [];
    this.trail.write(
      rows.linkRow(name, this.object(groupId), this.object(memberId), added, by),
      at,
    );
    return this.#publish([change], by);
  }

  setManager(id: string, managerId: string | null, by: Initiator, at: number): Change[] {
    const before = this.now.links(id, 'manager')[0] ?? null;
    if (before === managerId) return [];
    const changes = [
      before === null ? undefined : this.#store.setLink(id, 'manager', before, false, at),
      managerId === null ? undefined : this.#store.setLink(id, 'manager', managerId, true, at),
    ].filter((change) => change !== undefined);
    const updated = [{ name: 'manager', before, after: managerId }];
    this.trail.write(rows.updateRow(this.object(id), updated, by), at);
    return this.#publish(changes, by);
  }

  grantRole(
    assignmentId: string,
    principalId: string,
    role: string,
    by: Initiator,
    at: number,
  ): void {
    const properties = { principalId, roleDefinitionId: role, directoryScopeId: '/' };
    this.#store.create('roleAssignment', assignmentId, properties, at);
    this.#tellRole(principalId, role, true, by, at);
  }

  /** Ends a directory role assignment, an app role assignment or a delegated grant. */
  endAssignment(id: string, by: Initiator, at: number): Change[] {
    const { type, properties } = this.object(id);
    const change = this.#store.setState(id, 'gone', at);
    if (type === 'roleAssignment') {
      const principalId = text(properties, 'principalId');
      this.#tellRole(principalId, text(properties, 'roleDefinitionId'), false, by, at);
    } else if (type === 'appRoleAssignment') {
      this.#tellAppRole(properties, by, at);
    } else {
      const client = this.object(text(properties, 'clientId'));
      const activity = 'Remove delegated permission grant';
      this.trail.write(
        rows.draft(client, activity, 'Unassign', by, [
          {
            displayName: 'DelegatedPermissionGrant.Scope',
            oldValue: JSON.stringify(properties['scope'] ?? ''),
            newValue: null,
          },
        ]),
        at,
      );
    }
    return this.#publish([change], by);
  }

  /** Removes one secret by key id; false credentials lists stay as they are. */
  removePassword(id: string, keyId: string, by: Initiator, at: number): Change[] {
    const object = this.object(id);
    const before = (object.properties['passwordCredentials'] ?? []) as readonly { keyId: string }[];
    const after = before.filter((credential) => credential.keyId !== keyId);
    if (after.length === before.length) return [];
    const change = this.#store.setProperty(id, 'passwordCredentials', after, at);
    const activity =
      object.type === 'application'
        ? rows.credentialsActivity
        : 'Remove service principal credentials';
    this.trail.write(
      rows.draft(object, activity, 'Update', by, [
        {
          displayName: 'KeyDescription',
          oldValue: keyDescriptions(before),
          newValue: keyDescriptions(after),
        },
        {
          displayName: 'Included Updated Properties',
          oldValue: null,
          newValue: '"KeyDescription"',
        },
      ]),
      at,
    );
    return this.#publish([change], by);
  }

  confirmCompromised(id: string, by: Initiator, at: number): Change[] {
    const change = this.#store.setProperty(id, 'riskLevel', 'high', at);
    this.trail.write(
      {
        ...rows.draft(this.object(id), 'ConfirmAccountCompromised', 'Other', by, []),
        category: 'Other',
      },
      at,
    );
    return this.#publish([change], by);
  }

  /** A live object; throws when there is none, because callers have looked before. */
  object(id: string): DirectoryObject {
    const object = this.now.get(id);
    if (object === undefined) throw new Error(`No live object ${id}.`);
    return object;
  }

  #tellUpdate(
    object: DirectoryObject,
    updated: rows.Updated,
    by: Initiator,
    at: number,
    telling: Telling,
  ): void {
    let row: AuditDraft = rows.updateRow(object, updated, by);
    const [target] = row.targets;
    if (telling.rewrite !== undefined && target !== undefined) {
      row = { ...row, targets: [{ ...target, modified: telling.rewrite(target.modified) }] };
    }
    const event = this.trail.write(row, at);
    const enabled = updated.find(({ name }) => name === 'accountEnabled')?.after;
    if (object.type === 'user' && typeof enabled === 'boolean' && chance(this.#random, 0.1)) {
      const second = rows.switchRow(object, enabled, by);
      this.trail.write({ ...second, correlationId: event.correlationId }, at);
    }
  }

  #tellRole(principalId: string, role: string, added: boolean, by: Initiator, at: number): void {
    const definition = roleOf(role) ?? { id: role, displayName: 'Custom role' };
    this.trail.write(rows.roleRow(this.object(principalId), definition, added, by), at);
  }

  #tellAppRole(properties: Readonly<Properties>, by: Initiator, at: number): void {
    const resource = this.object(text(properties, 'resourceId'));
    const id = text(properties, 'appRoleId');
    const roles = (resource.properties['appRoles'] ?? []) as unknown as {
      id: string;
      value: string;
    }[];
    const role = roles.find((candidate) => candidate.id === id) ?? { id, value: '' };
    const grantee = this.object(text(properties, 'principalId'));
    this.trail.write(rows.appRoleRow(resource, grantee, role, false, by), at);
  }

  #index(type: ObjectType, id: string, properties: Readonly<Properties>): void {
    const upn = properties['userPrincipalName'];
    if (type === 'user' && typeof upn === 'string') this.#idByUpn.set(upn.toLowerCase(), id);
    const appId = properties['appId'];
    if (typeof appId === 'string') this.#idByAppId.set(`${type}:${appId.toLowerCase()}`, id);
  }

  #publish(changes: Change[], by: Initiator | null): Change[] {
    for (const change of changes) {
      this.#automation.react(change, by);
      for (const listener of this.#listeners) listener(change, by);
    }
    return changes;
  }
}

function keyDescriptions(credentials: readonly { keyId: string }[]): string {
  return JSON.stringify(
    credentials.map(
      ({ keyId }) => `[KeyIdentifier=${keyId},KeyType=Password,KeyUsage=Verify,DisplayName=secret]`,
    ),
  );
}
