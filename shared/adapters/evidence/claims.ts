import path from 'node:path';
import { sha256 } from '../../digest.js';
import { createFile, jsonText, readJson } from './files.js';

interface Claim {
  readonly key: string;
  readonly incidentId: string;
}

/** Claims in DIR/claims, one file per key. Keys are any text, so the file is named by the key's hash. */
export function createClaims(folder: string) {
  const fileOf = (key: string): string =>
    path.join(folder, `${sha256(key).slice('sha256:'.length)}.json`);
  const read = async (key: string): Promise<string | null> =>
    (await readJson<Claim>(fileOf(key)))?.incidentId ?? null;

  return {
    read,
    async claim(
      key: string,
      incidentId: string,
    ): Promise<{ created: boolean; incidentId: string }> {
      // In a storm nearly every claim is held already, and a look costs far less than a durable file.
      const held = await read(key);
      if (held !== null) return { created: false, incidentId: held };
      const claim: Claim = { key, incidentId };
      if (await createFile(fileOf(key), jsonText(claim))) return { created: true, incidentId };
      return { created: false, incidentId: (await read(key)) ?? incidentId };
    },
  };
}
