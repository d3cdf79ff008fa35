import { targetOf } from './audit-draft.js';
import { told, untold, type AuditDraft, type ModifiedProperty } from './audit-event.js';
import { text, type DirectoryObject, type Initiator, type ObjectType } from './model.js';
import { auditCategories, typeNouns } from './property-names.js';

/**
 * A member or an owner more or less. The other comes first; the holder's id is the new value of an
 * addition, the old of a removal (graph fact sheet D.5).
 */
export function linkRow(
  link: 'members' | 'owners',
  holder: DirectoryObject,
  other: DirectoryObject,
  added: boolean,
  by: Initiator,
): AuditDraft {
  const noun = link === 'members' ? 'member' : 'owner';
  const [verb, preposition] = added ? ['Add', 'to'] : ['Remove', 'from'];
  return {
    category: auditCategories[holder.type],
    activity: `${verb} ${noun} ${preposition} ${typeNouns[holder.type]}`,
    operationType: added ? 'Assign' : 'Unassign',
    by,
    targets: [targetOf(other, holderFacts(holder, added ? told : untold)), targetOf(holder, [])],
  };
}

const prefixes: Readonly<Partial<Record<ObjectType, string>>> = {
  group: 'Group',
  application: 'Application',
  servicePrincipal: 'ServicePrincipal',
};

function holderFacts(
  { id, type, properties }: DirectoryObject,
  tell: typeof told,
): ModifiedProperty[] {
  const prefix = prefixes[type] ?? 'Object';
  return [
    tell(`${prefix}.ObjectID`, id),
    tell(`${prefix}.DisplayName`, text(properties, 'displayName') || null),
    type === 'group'
      ? tell('Group.WellKnownObjectName', null)
      : tell(`${prefix}.AppId`, text(properties, 'appId') || null),
  ];
}
