import type { ObjectType } from '../attribution/audit.js';
import { displayValue, isEmpty } from '../attribution/values.js';
import type { Json, Known } from '../json.js';
import { collections, isGuid, request } from './manual-command.js';

/** A property that only a person puts back, and what the audit trail says of it. */
export interface ByHand {
  readonly objectType: ObjectType;
  readonly objectId: string;
  /** As in plans, e.g. `Manager` or `owners/{id}`. */
  readonly property: string;
  /** The value to return to. */
  readonly then: Known;
  /** What the actor left. */
  readonly after: Known;
}

/**
 * The exact step for a property that no executor writes; null where the audit trail does not say enough
 * for one. Only GUIDs and what `request` makes safe stand in a command (see manual-command).
 */
export function manualStep(wanted: ByHand): string | null {
  const [name = '', key = ''] = wanted.property.split('/');
  return steps[name.toLowerCase()]?.(wanted, key) ?? null;
}

type Step = (wanted: ByHand, key: string) => string | null;

const steps: Readonly<Record<string, Step>> = {
  manager,
  owners,
  directoryrole: directoryRole,
  assignedlicense: licences,
  membershiprule: groupSetting('membershipRule'),
  membershipruleprocessingstate: groupSetting('membershipRuleProcessingState'),
};

function manager({ objectId, then }: ByHand): string | null {
  if (!isGuid(objectId) || !then.known) return null;
  if (isEmpty(then.value))
    return `There was no manager before. Remove-MgUserManagerByRef -UserId '${objectId}'`;
  if (typeof then.value !== 'string' || !isGuid(then.value)) return null;
  return (
    `Give back the manager ${then.value}: Set-MgUserManagerByRef -UserId '${objectId}' ` +
    `-BodyParameter @{ '@odata.id' = 'https://graph.microsoft.com/v1.0/users/${then.value}' }`
  );
}

function owners({ objectType, objectId, then }: ByHand, ownerId: string): string | null {
  const collection = collections[objectType];
  if (collection === undefined || !then.known) return null;
  const list = `/v1.0/${collection}/`;
  if (then.value !== true) {
    const command = request('DELETE', list, [objectId, '/owners/', ownerId], '/$ref');
    return command && `Take away the owner ${ownerId}: ${command}`;
  }
  if (!isGuid(ownerId)) return null;
  const command = request('POST', list, [objectId], '/owners/$ref', {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${ownerId}`,
  });
  return command && `Make ${ownerId} an owner again: ${command}`;
}

/** Where a role came from and how long it was held, the row does not say: PIM does. */
function directoryRole({ objectId, then, after }: ByHand, roleId: string): string | null {
  if (!isGuid(objectId) || !isGuid(roleId)) return null;
  const given = then.known && isEmpty(then.value);
  const role = `${displayValue(given ? after : then)} (${roleId})`;
  const filter = `principalId eq ''${objectId}'' and roleDefinitionId eq ''${roleId}''`;
  const collection = '/v1.0/roleManagement/directory/roleAssignments';
  if (given)
    return (
      `Take away the role ${role}: in PIM, Microsoft Entra roles, Assignments, remove it from ${objectId}. ` +
      `Without PIM delete what this lists, by its id under ${collection}: ` +
      `Invoke-MgGraphRequest -Method GET -Uri '${collection}?$filter=${filter}'`
    );
  const body = { principalId: objectId, roleDefinitionId: roleId, directoryScopeId: '/' };
  return (
    `Find out in PIM whether ${objectId} held the role ${role} as active or as eligible, and give it back there. ` +
    `As a standing assignment: ${request('POST', collection, [], '', body) ?? ''}`
  );
}

function licences({ objectId, then, after }: ByHand): string | null {
  if (!isGuid(objectId) || !then.known) return null;
  const [held, left] = [skusIn(then.value), after.known ? skusIn(after.value) : []];
  const add = held.filter((sku) => !left.includes(sku));
  const remove = left.filter((sku) => !held.includes(sku));
  if (add.length + remove.length === 0) return null;
  const added = add.map((sku) => `@{ SkuId = '${sku}' }`).join(', ');
  const removed = remove.map((sku) => `'${sku}'`).join(', ');
  return (
    'Where a group gives the licence, repair the group. Otherwise: ' +
    `Set-MgUserLicense -UserId '${objectId}' -AddLicenses @(${added}) -RemoveLicenses @(${removed}); ` +
    `service plans that were off are not part of it. It was ${displayValue(then, 500)} before.`
  );
}

/** A row states a licence as JSON or as `[SkuName=…, SkuId=…]`. */
const skusIn = (value: Json): string[] => [
  ...new Set(
    [...JSON.stringify(value).matchAll(/skuId[\\"]*\s*[=:]\s*[\\"]*([0-9a-f-]{36})/gi)]
      .map(([, id]) => (id ?? '').toLowerCase())
      .filter(isGuid),
  ),
];

function groupSetting(name: string): Step {
  return ({ objectType, objectId, then }) => {
    if (objectType !== 'group' || !then.known || typeof then.value !== 'string') return null;
    return request('PATCH', '/v1.0/groups/', [objectId], '', { [name]: then.value });
  };
}
