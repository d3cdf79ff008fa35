import { day, minute } from '../directory/instants.js';
import type { ModifiedProperty } from '../directory/audit-event.js';
import { guidFrom } from '../directory/random.js';
import { domain } from './company.js';
import type { Acting } from './acting.js';
import { employee } from './people.js';

/** Accounts created, deleted, restored, switched; some of them privileged, synced or off already. */
export function damageAccounts(stage: Acting): void {
  const { directory, timeline, note, take, each, by, from, start, options, random } = stage;

  const created = note(
    'created',
    [0, 1, 2].map((index) => guidFrom(options.seed, 'created', index)),
  );
  each(created, (id, at, index) => {
    const person = employee(random, 900_000 + index, domain, start);
    const createdDateTime = new Date(at).toISOString();
    directory.create('user', id, { ...person, createdDateTime }, by.actor, at);
  });

  each(note('softDeleted', take(4)), (id, at) => directory.softDelete(id, by.actor, at));
  const lost = note('hardDeleted', take(2));
  each(lost, (id, at) => directory.softDelete(id, by.actor, at), [0, 0.5]);
  each(lost, (id, at) => directory.hardDelete(id, by.actor, at), [0.6, 1]);
  const restored = note('restored', take(1));
  for (const id of restored) {
    const leftAt = (stage.snapshots[0] as number) - 2 * day;
    timeline.at(leftAt, (at) => directory.softDelete(id, by.hr, at));
  }
  each(restored, (id, at) => directory.restore(id, by.actor, at));

  const off = { accountEnabled: false };
  each(note('synced', stage.synced.slice(-3)), (id, at) => {
    // Switched off on-premises too, so directory sync will not mend it.
    directory.setOnPremises(id, false);
    directory.update(id, off, by.actor, at);
  });
  const { helpdesk } = stage.admins;
  each(note('roleHolders', helpdesk.slice(0, 2)), (id, at) =>
    directory.update(id, off, by.actor, at),
  );
  each(note('roleGroupMembers', helpdesk.slice(2)), (id, at) => {
    directory.update(id, off, by.actor, at);
  });
  const leavers = note('alreadyDisabled', take(2));
  leavers.forEach((id, index) => {
    timeline.at(from - (20 - index) * minute, (at) => directory.update(id, off, by.hr, at));
  });
  each(leavers, (id, at) => {
    directory.tellAgain(
      id,
      [{ name: 'accountEnabled', before: false, after: false }],
      by.actor,
      at,
    );
  });
}

/** Properties changed in every way that makes bringing them back a question of its own. */
export function damageProperties(stage: Acting): void {
  const { directory, note, take, each, by, ids } = stage;

  const shared = note('alsoChangedByOthers', take(4));
  each(shared, (id, at) => directory.update(id, { accountEnabled: false }, by.actor, at));
  each(shared, (id, at) => directory.update(id, { department: 'Customer Care' }, by.hr, at));

  const overwritten = note('overwrittenLater', take(3));
  each(
    overwritten,
    (id, at) => directory.update(id, { department: 'Closed' }, by.actor, at),
    [0, 0.4],
  );
  each(
    overwritten,
    (id, at) => directory.update(id, { department: 'Audit' }, by.other, at),
    [0.6, 1],
  );

  each(note('managerChanged', take(2)), (id, at) => {
    directory.setManager(id, ids.people.actor.id, by.actor, at);
  });
  each(note('unsupported', take(3)), (id, at, index) => {
    const patch =
      index === 0
        ? { assignedLicenses: [] }
        : { strongAuthenticationMethod: [{ MethodType: 6, Default: true }] };
    directory.update(id, patch, by.actor, at);
  });
  each(note('extensionsWiped', take(3)), (id, at) => {
    directory.update(id, { onPremisesExtensionAttributes: {} }, by.actor, at);
  });
  each(note('renamed', take(2)), (id, at, index) => {
    const displayName =
      index === 0
        ? '=HYPERLINK("https://example.net","open")'
        : '<img src=x onerror=alert(1)>\u202e';
    directory.update(id, { displayName }, by.actor, at);
  });

  each(note('unknownOldValue', take(3)), (id, at, index) => {
    const broken = [truncated, missing, notJson][index] as Breaking;
    const rewrite = (modified: readonly ModifiedProperty[]): ModifiedProperty[] =>
      modified.map((one) => (one.displayName === 'Department' ? broken(one) : one));
    directory.update(id, { department: 'Removed' }, by.actor, at, { rewrite });
  });
}

type Breaking = (property: ModifiedProperty) => ModifiedProperty;

const truncated: Breaking = (one) => ({ ...one, oldValue: (one.oldValue ?? '').slice(0, -3) });
const missing: Breaking = (one) => ({ ...one, oldValue: null });
const notJson: Breaking = (one) => ({ ...one, oldValue: `{"Value":${one.oldValue ?? ''},...` });
