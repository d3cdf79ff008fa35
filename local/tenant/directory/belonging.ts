import { text } from './model.js';
import type { View } from './view.js';

/** Ids of the groups a member is in, through other groups too. */
export function groupsOf(view: View, memberId: string): string[] {
  const found = new Set<string>();
  const waiting = [memberId];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const group of view.incoming(id, 'members')) {
      if (found.has(group)) continue;
      found.add(group);
      waiting.push(group);
    }
  }
  return [...found];
}

/** Template ids of the directory roles a principal holds, its own and those of its role groups. */
export function rolesHeld(view: View, principalId: string): Set<string> {
  const holders = new Set([principalId, ...view.incoming(principalId, 'members')]);
  const roles = new Set<string>();
  for (const { properties } of view.list('roleAssignment')) {
    if (holders.has(text(properties, 'principalId')))
      roles.add(text(properties, 'roleDefinitionId'));
  }
  return roles;
}

/** Member or owner of a group that may carry roles. */
export function inRoleAssignableGroup(view: View, id: string): boolean {
  const groups = [...view.incoming(id, 'members'), ...view.incoming(id, 'owners')];
  return groups.some((group) => view.get(group)?.properties['isAssignableToRole'] === true);
}
