import type { Properties } from './model.js';

/** Properties of which no two objects of the tenant may have the same value. */
export type UniqueProperty = 'userPrincipalName' | 'proxyAddresses';

const unique: readonly UniqueProperty[] = ['userPrincipalName', 'proxyAddresses'];

/** Which objects ever had a name. Whether one still has it, the directory knows. */
export class NameIndex {
  readonly #ids = new Map<string, string[]>();

  note(id: string, properties: Readonly<Properties>): void {
    for (const property of unique) {
      for (const value of [properties[property] ?? []].flat()) {
        if (typeof value === 'string') this.#add(`${property} ${folded(value)}`, id);
      }
    }
  }

  /** In the order in which they first had it. */
  everHad(property: UniqueProperty, value: string): readonly string[] {
    return this.#ids.get(`${property} ${folded(value)}`) ?? [];
  }

  #add(key: string, id: string): void {
    const ids = this.#ids.get(key);
    if (ids === undefined) this.#ids.set(key, [id]);
    else if (!ids.includes(id)) ids.push(id);
  }
}

/** Names and addresses are compared without regard to case; `SMTP:` only marks the primary address. */
export function folded(value: string): string {
  return value.toLowerCase();
}
