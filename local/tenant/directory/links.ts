import { updateRow } from './audit-rows.js';
import { DirectoryState } from './directory-state.js';
import { linkRow } from './link-rows.js';
import type { Change, Initiator } from './model.js';

/** Who belongs to what and to whom: members, owners, managers. */
export class Links extends DirectoryState {
  setLink(
    name: 'members' | 'owners',
    holderId: string,
    otherId: string,
    added: boolean,
    by: Initiator,
    at: number,
  ): Change[] {
    const change = this.store.setLink(holderId, name, otherId, added, at);
    if (change === undefined) return [];
    const row = linkRow(name, this.object(holderId), this.object(otherId), added, by);
    this.trail.write(row, at);
    return this.publish([change], by);
  }

  setManager(id: string, managerId: string | null, by: Initiator, at: number): Change[] {
    const before = this.now.links(id, 'manager')[0] ?? null;
    if (before === managerId) return [];
    const changes = [
      before === null ? undefined : this.store.setLink(id, 'manager', before, false, at),
      managerId === null ? undefined : this.store.setLink(id, 'manager', managerId, true, at),
    ].filter((change) => change !== undefined);
    const updated = [{ name: 'manager', before, after: managerId }];
    this.trail.write(updateRow(this.object(id), updated, by), at);
    return this.publish(changes, by);
  }
}
