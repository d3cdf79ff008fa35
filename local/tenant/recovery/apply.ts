import type { Directory } from '../directory/directory.js';
import { text, type Initiator, type Properties } from '../directory/model.js';
import type { FailedChange, LinkChange, RecoveryChange } from './model.js';
import { riding } from './coverage.js';
import { objectTypes } from './model.js';

/** What one change became: how much was written, and what was not. */
export interface Applied {
  readonly objects: number;
  readonly links: number;
  readonly failed: FailedChange | null;
}

/** Writes one change to the directory. Objects mastered on-premises are left as they are. */
export function applyChange(
  directory: Directory,
  change: RecoveryChange,
  by: Initiator,
  at: number,
): Applied {
  if (change.excluded) return { objects: 0, links: 0, failed: null };
  const refusal = writeObject(directory, change, by, at);
  if (refusal !== null) {
    const failed = { change, message: refusal, objects: 1, links: change.links.length };
    return { objects: 0, links: 0, failed };
  }
  const lost = change.links.filter((link) => !writeLink(directory, change.id, link, by, at));
  const objects = 1;
  const links = change.links.length - lost.length;
  if (lost.length === 0) return { objects, links, failed: null };
  const message = 'Link update failed: the other object does not exist.';
  const failed = { change: { ...change, links: lost }, message, objects: 0, links: lost.length };
  return { objects, links, failed };
}

/** Answers why it could not be written, or null. */
function writeObject(
  directory: Directory,
  change: RecoveryChange,
  by: Initiator,
  at: number,
): string | null {
  const { id, action } = change;
  const { deletedDateTime: _, ...patch } = change.target as Properties;
  if (action === 'softDelete') return remove(directory, change, by, at);
  const verb = action === 'restore' ? 'Restore' : 'Update';
  if (nameTaken(directory, change)) {
    return `${verb} failed: another object holds the same userPrincipalName.`;
  }
  const state = directory.now.state(id);
  const rides = riding.has(objectTypes[change.type]);
  if (rides && !endsLive(directory, id)) {
    return `${verb} failed: the service principal does not exist.`;
  }
  if (state !== 'live') {
    if (action === 'restore' && rides) directory.reviveAssignment(id, by, at);
    else if (action === 'restore' && state === 'deleted') directory.restore(id, by, at);
    else return `${verb} failed: the object does not exist.`;
  }
  if (Object.keys(patch).length > 0) directory.update(id, patch, by, at);
  return null;
}

/** Kinds without a bin: how a grant given since is reversed is unknown; here it ends. */
function remove(
  directory: Directory,
  { id, type }: RecoveryChange,
  by: Initiator,
  at: number,
): string | null {
  if (directory.now.state(id) !== 'live') return null;
  if (!riding.has(objectTypes[type])) directory.softDelete(id, by, at);
  else if (endsLive(directory, id)) directory.endAssignment(id, by, at);
  return null;
}

/** A grant or assignment goes with the service principal to which it gives access. */
function endsLive(directory: Directory, id: string): boolean {
  const view = directory.now;
  const grant = view.get(id) ?? view.gone(id);
  return grant !== undefined && view.get(text(grant.properties, 'resourceId')) !== undefined;
}

function nameTaken(directory: Directory, change: RecoveryChange): boolean {
  if (change.type !== 'user') return false;
  const own = directory.now.get(change.id) ?? directory.now.deleted(change.id);
  const name = change.target['userPrincipalName'] ?? own?.properties['userPrincipalName'];
  if (typeof name !== 'string') return false;
  const holder = directory.idOfUser(name);
  return holder !== undefined && holder !== change.id && directory.now.state(holder) === 'live';
}

function writeLink(
  directory: Directory,
  groupId: string,
  { memberId, removed }: LinkChange,
  by: Initiator,
  at: number,
): boolean {
  if (directory.now.get(memberId) === undefined) return removed;
  directory.setLink('members', groupId, memberId, !removed, by, at);
  return true;
}
