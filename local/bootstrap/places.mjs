import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, wherever the command was called from. */
export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** An absolute path below the root. */
export const at = (...parts) => path.join(root, ...parts);

export const windows = process.platform === 'win32';

/** A preparation that cannot go on; the message is for people and says what to do. */
export class Stopped extends Error {}
