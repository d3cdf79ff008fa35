import { draft } from './audit-draft.js';
import type { AuditDraft, AuditEvent, ModifiedProperty } from './audit-event.js';
import * as rows from './audit-rows.js';
import { Automation } from './automation.js';
import type { DirectoryOptions } from './directory-state.js';
import { Entitlements } from './entitlements.js';
import { day, isoSeconds } from './instants.js';
import type { Change, DirectoryObject, Initiator, ObjectType, Properties } from './model.js';
import { chance, seeded, type Random } from './random.js';

/** How a change shows in the audit trail when it is not the ordinary row. */
export interface Telling {
  /** No row at all: a change nobody can explain. */
  readonly silent?: boolean;
  /** The row as a faulty exporter left it. */
  readonly rewrite?: (modified: readonly ModifiedProperty[]) => readonly ModifiedProperty[];
}

/**
 * The directory of the tenant: its objects, its whole history, and the audit trail that every change
 * leaves. Each method returns the changes it made; none means that nothing was different.
 */
export class Directory extends Entitlements {
  readonly #random: Random;
  readonly #automation: Automation;

  constructor(options: DirectoryOptions) {
    super(options);
    this.#random = seeded(options.seed, 'directory');
    const automation = new Automation(this, seeded(options.seed, 'automation'), options);
    this.#automation = automation;
    this.onChange((change, by) => automation.react(change, by));
  }

  /** From here on time is lived, at the tenant's speed; before, the past is written. */
  goLive(): void {
    this.trail.goLive();
    this.#automation.goLive();
  }

  /** Directory-sync's own idea of an object; it wins at the next cycle (graph fact sheet A.2). */
  setOnPremises(id: string, accountEnabled: boolean): void {
    this.#automation.setOnPremises(id, accountEnabled);
  }

  create(
    type: ObjectType,
    id: string,
    properties: Properties,
    by: Initiator,
    at: number,
  ): Change[] {
    const change = this.store.create(type, id, properties, at);
    this.index(type, id, properties);
    this.trail.write(rows.addRow(this.object(id), by), at);
    return this.publish([change], by);
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
    const changes = updated.map(({ name, after }) => this.store.setProperty(id, name, after, at));
    if (changes.length > 0 || telling.rewrite !== undefined) {
      this.index(object.type, id, patch);
      if (!telling.silent) this.#tellUpdate(this.object(id), updated, by, at, telling);
    }
    return this.publish(changes, by);
  }

  /** A row without a change: a write of the value that was there already still leaves one. */
  tellAgain(id: string, updated: rows.Updated, by: Initiator, at: number): AuditEvent {
    return this.trail.write(rows.updateRow(this.object(id), updated, by), at);
  }

  /** A password write: logged, its value never. */
  resetPassword(id: string, by: Initiator, at: number): Change[] {
    const change = this.store.setProperty(id, 'lastPasswordChangeDateTime', isoSeconds(at), at);
    this.trail.write(
      draft(this.object(id), 'Update PasswordProfile', 'Update', by, [
        { displayName: 'ForceChangePassword', oldValue: '"False"', newValue: '"True"' },
        { displayName: 'Password', oldValue: null, newValue: null },
      ]),
      at,
    );
    return this.publish([change], by);
  }

  /** Moves the moment from which refresh tokens count; never back. */
  revokeSessions(id: string, by: Initiator, at: number): Change[] {
    const name = 'signInSessionsValidFromDateTime';
    const before = this.object(id).properties[name] ?? null;
    const change = this.store.setProperty(id, name, isoSeconds(at), at);
    const row = rows.updateRow(this.object(id), [{ name, before, after: isoSeconds(at) }], by);
    this.trail.write({ ...row, activity: 'Update StsRefreshTokenValidFrom Timestamp' }, at);
    return this.publish([change], by);
  }

  /** An application takes its service principal along; giving it back does not (backup fact sheet 11.1). */
  softDelete(id: string, by: Initiator, at: number): Change[] {
    const object = this.object(id);
    const appId = object.properties['appId'];
    const follower =
      object.type === 'application' && typeof appId === 'string'
        ? this.now.get(this.idOfApp('servicePrincipal', appId) ?? '')
        : undefined;
    return [
      ...this.#bin(object, by, at),
      ...(follower === undefined ? [] : this.#bin(follower, by, at)),
    ];
  }

  restore(id: string, by: Initiator, at: number): Change[] {
    const change = this.store.setState(id, 'live', at);
    this.trail.write(rows.restoreRow(this.object(id), by), at);
    return this.publish([change], by);
  }

  hardDelete(id: string, by: Initiator, at: number): Change[] {
    const object = this.now.deleted(id) ?? this.object(id);
    this.trail.write(rows.hardDeleteRow(object, by), at);
    return this.publish([this.store.setState(id, 'gone', at)], by);
  }

  confirmCompromised(id: string, by: Initiator, at: number): Change[] {
    const change = this.store.setProperty(id, 'riskLevel', 'high', at);
    this.trail.write(
      {
        ...draft(this.object(id), 'ConfirmAccountCompromised', 'Other', by, []),
        category: 'Other',
      },
      at,
    );
    return this.publish([change], by);
  }

  #bin(object: DirectoryObject, by: Initiator, at: number): Change[] {
    const { id } = object;
    this.trail.write(rows.deleteRow(object, by), at);
    const change = this.store.setState(id, 'deleted', at);
    this.agenda.add(at + 30 * day, (due) => {
      if (this.now.deletedAt(id) === at && this.now.state(id) === 'deleted') {
        this.store.setState(id, 'gone', due);
      }
    });
    return this.publish([change], by);
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
}
