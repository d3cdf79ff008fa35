import { putLines, readLines } from './lines.js';
import type { ActivityServices } from './services.js';

const parts = 64;

/**
 * Brings values of one key together without holding them all: above `held` values they are laid aside in
 * the evidence store as JSON lines, all of one key in the same part, and read back part by part, each in
 * the order in which its values were added.
 */
export class Spool<T> {
  readonly #services: ActivityServices;
  readonly #incidentId: string;
  readonly #options: {
    readonly name: string;
    readonly keyOf: (value: T) => string;
    readonly held: number;
  };
  readonly #laidAside = new Map<number, string[]>();
  #values: T[] = [];

  constructor(
    services: ActivityServices,
    incidentId: string,
    options: {
      readonly name: string;
      readonly keyOf: (value: T) => string;
      readonly held: number;
    },
  ) {
    this.#services = services;
    this.#incidentId = incidentId;
    this.#options = options;
  }

  async add(value: T): Promise<void> {
    this.#values.push(value);
    if (this.#values.length >= this.#options.held) await this.#layAside();
  }

  /** Every value once; all of one key are yielded together. */
  async *parts(): AsyncGenerator<T[]> {
    if (this.#laidAside.size === 0) {
      yield this.#values;
      return;
    }
    await this.#layAside();
    for (const part of [...this.#laidAside.keys()].sort((a, b) => a - b)) {
      const values: T[] = [];
      for (const sha256 of this.#laidAside.get(part) ?? []) {
        for (const value of await readLines<T>(this.#services, this.#incidentId, sha256)) {
          values.push(value);
        }
      }
      yield values;
    }
  }

  async #layAside(): Promise<void> {
    const { name, keyOf } = this.#options;
    const byPart = new Map<number, T[]>();
    for (const value of this.#values) {
      const part = partOf(keyOf(value));
      const values = byPart.get(part);
      if (values === undefined) byPart.set(part, [value]);
      else values.push(value);
    }
    this.#values = [];
    for (const [part, values] of byPart) {
      const artefact = `${name}-part-${part}`;
      const { sha256 } = await putLines(this.#services, this.#incidentId, artefact, values);
      this.#laidAside.set(part, [...(this.#laidAside.get(part) ?? []), sha256]);
    }
  }
}

/** The same part for the same key on every machine. */
export function partOf(key: string): number {
  let sum = 0;
  for (let place = 0; place < key.length; place += 1) {
    sum = (sum * 31 + key.charCodeAt(place)) >>> 0;
  }
  return sum % parts;
}
