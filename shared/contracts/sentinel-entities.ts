import type { ReceivedAccount } from '../domain/incident/intake-reading.js';
import { listOf, objectOf, textOf, type AnyCase, type AnyCaseObject } from './any-case.js';

/**
 * The accounts among entities, in both spellings (incident form: `kind` and `properties`; alert form:
 * flat with `Type`). A `$ref` stands for the entity with that `$id`. Other kinds say nothing about an
 * actor: the app id of a CloudApplication is a number of Defender, never an Entra app id (fact sheet A.5).
 */
export function accountsIn(entities: readonly AnyCase[]): ReceivedAccount[] {
  const byId = new Map<string, AnyCaseObject>();
  for (const entity of entities.map(objectOf)) {
    const id = textOf(entity['$id'], 50);
    if (id !== null) byId.set(id, entity);
  }
  return entities.map(objectOf).flatMap((entity) => {
    const reference = textOf(entity['$ref'], 50);
    const meant = (reference === null ? entity : byId.get(reference)) ?? {};
    return accountOf(meant);
  });
}

function accountOf(entity: AnyCaseObject): ReceivedAccount[] {
  const kind = textOf(entity['kind'] ?? entity['type'], 100)?.toLowerCase();
  if (kind !== 'account') return [];
  const properties = { ...entity, ...objectOf(entity['properties']) };
  const name = textOf(properties['accountname'], 200) ?? plainName(properties['name']);
  const suffix = textOf(properties['upnsuffix'], 200);
  const friendly = textOf(properties['friendlyname'], 200);
  const upn =
    textOf(properties['userprincipalname'], 400) ??
    joined(name, suffix) ??
    [name, friendly].find((text) => text?.includes('@')) ??
    null;
  return [
    {
      aadUserId: textOf(properties['aaduserid'], 50),
      userPrincipalName: upn,
      displayName: textOf(properties['displayname'], 200) ?? friendly,
    },
  ];
}

/** An entity's own `name` is a GUID of Sentinel's; in the alert form `Name` is the account's. */
function plainName(value: AnyCase | undefined): string | null {
  const text = textOf(value, 200);
  return text !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? null : text;
}

function joined(name: string | null, suffix: string | null): string | null {
  if (name === null) return null;
  if (name.includes('@')) return name;
  return suffix === null ? null : `${name}@${suffix}`;
}

/** Custom details of several alerts as one table. Values come as lists, single texts, or JSON in a string. */
export function detailsIn(sources: readonly (AnyCase | undefined)[]): Record<string, string[]> {
  const details = new Map<string, string[]>();
  for (const [name, value] of sources.flatMap((source) => Object.entries(objectOf(source)))) {
    const items = listOf(value);
    const texts = (items.length > 0 ? items : [value]).flatMap((item) => textOf(item, 400) ?? []);
    details.set(name.toLowerCase(), [...(details.get(name.toLowerCase()) ?? []), ...texts]);
  }
  return Object.fromEntries(details);
}
