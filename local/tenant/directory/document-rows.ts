import { draft } from './audit-draft.js';
import { attribute, updatedList, type AuditDraft } from './audit-event.js';
import type { DirectoryObject, Initiator, ObjectType, Properties } from './model.js';
import { typeNouns } from './property-names.js';

type Verb = 'Add' | 'Update' | 'Delete' | 'Restore' | 'Hard Delete';

/** A kind of object of which the trail tells the whole document, old and new, as JSON text. */
interface DocumentKind {
  readonly property: string;
  readonly service: string;
  readonly activity: (verb: Verb) => string;
}

const conditionalAccess = (type: ObjectType, property: string): DocumentKind => ({
  property,
  service: 'Conditional Access',
  activity: (verb) => `${verb} ${typeNouns[type]}`,
});

const strengthVerbs: Readonly<Partial<Record<Verb, string>>> = {
  Add: 'Create',
  'Hard Delete': 'Delete',
};

/**
 * Graph fact sheet D.3 and D.5 for Conditional Access; the authentication methods service by the audit
 * activity reference of Entra. What a restore from the bin is called is unknown; this follows the others.
 */
const kinds: Readonly<Partial<Record<ObjectType, DocumentKind>>> = {
  conditionalAccessPolicy: conditionalAccess('conditionalAccessPolicy', 'ConditionalAccessPolicy'),
  namedLocation: conditionalAccess('namedLocation', 'NamedLocation'),
  authenticationMethodsPolicy: {
    property: 'AuthenticationMethodsPolicy',
    service: 'Authentication Methods',
    activity: (verb) => `Authentication Methods Policy ${verb}`,
  },
  authenticationStrengthPolicy: {
    property: 'AuthenticationStrengthPolicy',
    service: 'Authentication Methods',
    activity: (verb) => `Authentication Strength Policy ${strengthVerbs[verb] ?? verb}`,
  },
};

export function isDocument(type: ObjectType): boolean {
  return type in kinds;
}

/** One property with the documents before and after; null where there was or is none. */
export function documentRow(
  object: DirectoryObject,
  verb: Verb,
  before: Readonly<Properties> | null,
  after: Readonly<Properties> | null,
  by: Initiator,
): AuditDraft {
  const kind = kinds[object.type];
  if (kind === undefined) throw new TypeError(`${object.type} is not told as a document.`);
  const text = (document: Readonly<Properties> | null): string | null =>
    document === null ? null : JSON.stringify({ id: object.id, ...document });
  const operation = verb === 'Hard Delete' ? 'Delete' : verb;
  const row = draft(object, kind.activity(verb), operation, by, [
    { displayName: kind.property, oldValue: text(before), newValue: text(after) },
  ]);
  const told = { ...row, service: kind.service };
  const isTwofold = kind.service === 'Conditional Access' && inCoreDirectory.includes(verb);
  return isTwofold ? { ...told, again: directoryRow(object, verb, before, after, by) } : told;
}

const inCoreDirectory: readonly Verb[] = ['Add', 'Update', 'Delete'];

/**
 * Core Directory tells what Conditional Access does once more, as a `Policy` and in a form of its own
 * (graph fact sheet D.3; the rows `Update policy` with `PolicyDetail` of the samples).
 */
function directoryRow(
  object: DirectoryObject,
  verb: Verb,
  before: Readonly<Properties> | null,
  after: Readonly<Properties> | null,
  by: Initiator,
): AuditDraft {
  return draft(object, `${verb} policy`, verb, by, [
    attribute('PolicyDetail', inDirectoryForm(before), inDirectoryForm(after)),
    ...updatedList(['PolicyDetail']),
  ]);
}

function inDirectoryForm(document: Readonly<Properties> | null): string | null {
  if (document === null) return null;
  const members = Object.entries(document).map(([name, value]) => [
    name.charAt(0).toUpperCase() + name.slice(1),
    value,
  ]);
  return JSON.stringify({ Version: 1, ...Object.fromEntries(members) });
}
