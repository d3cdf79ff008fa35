import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { RewindError } from '../../errors.js';

/** The file's bytes, or null when it does not exist. */
export async function readBytes(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** A JSON document, or null when there is none. Documents are replaced by rename, so never half written. */
export async function readJson<T>(file: string): Promise<T | null> {
  const bytes = await readBytes(file);
  if (bytes === null) return null;
  try {
    return JSON.parse(bytes.toString('utf8')) as T;
  } catch (cause) {
    throw new RewindError(
      'INVARIANT_BROKEN',
      `${path.basename(file)} in the evidence store is not JSON; restore it from a copy.`,
      { cause },
    );
  }
}

/** Replaces a file whole: readers see the old or the new bytes, also after a crash. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const data = typeof content === 'string' ? content : Buffer.from(content);
  try {
    await writeFileAtomic(file, data);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, data);
  }
}

/** Creates a file with its content in one step; false when it is already there, whoever made it. */
export async function createFile(file: string, content: string | Uint8Array): Promise<boolean> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const temporary = `${file}.${randomUUID()}.new`;
  try {
    await writeDurably(temporary, content);
    await link(temporary, file);
    await syncFolder(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Makes a folder's new names survive a power loss; a no-op where folders cannot be synced. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** The system's code of a failed file operation, e.g. `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
