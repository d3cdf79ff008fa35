import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { HostError } from './host-error.js';

export interface Keys {
  readonly master: string;
  readonly default: string;
  readonly system: string;
}

/** Reads the host's keys, or makes them at the first start; only the owner can read the file. */
export function readKeys(file: string): Keys {
  if (!existsSync(file)) {
    const keys = { master: newKey(), default: newKey(), system: newKey() };
    const text = `${JSON.stringify(keys, null, 2)}\n`;
    // A kill in between leaves no half-written keys behind.
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return keys;
  }
  chmodSync(file, 0o600);
  let keys: Partial<Keys>;
  try {
    keys = JSON.parse(readFileSync(file, 'utf8')) as Partial<Keys>;
  } catch {
    throw new HostError(`${file} is not JSON. Delete it and the host makes new keys.`);
  }
  if (!keys.master || !keys.default || !keys.system)
    throw new HostError(`${file} lacks a key. Delete it and the host makes new keys.`);
  return { master: keys.master, default: keys.default, system: keys.system };
}

/** Does a given key equal one of those that open the door? Takes the same time for any difference. */
export function opens(given: string | undefined, accepted: readonly string[]): boolean {
  if (given === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const hash = digest(given);
  return accepted.reduce((found, key) => timingSafeEqual(hash, digest(key)) || found, false);
}

const newKey = () => randomBytes(40).toString('base64url');
