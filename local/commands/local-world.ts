import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isObject } from './request.js';

/** What `npm start` notes so that `npm run ir` finds it; no secrets. */
export interface Addresses {
  readonly url: string | null;
  readonly control: string | null;
}

/** The person that `ir login --as` chose. Tokens are asked for anew each time and never kept. */
export interface SignedIn {
  readonly person: string;
}

const addressesFile = (data: string): string => path.join(data, 'local.json');
const signedInFile = (data: string): string => path.join(data, 'ir.json');

export function noteAddresses(data: string, addresses: Addresses): void {
  write(addressesFile(data), addresses);
}

export function readAddresses(data: string): Addresses {
  const noted = read(addressesFile(data));
  return { url: text(noted['url']), control: text(noted['control']) };
}

export function noteSignedIn(data: string, signedIn: SignedIn): void {
  write(signedInFile(data), signedIn);
}

export function readSignedIn(data: string): string | null {
  return text(read(signedInFile(data))['person']);
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function write(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}

function read(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    // Never noted, or damaged: both mean that nothing is known.
    return {};
  }
}
