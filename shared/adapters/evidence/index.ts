import { RewindError } from '../../errors.js';
import type { EvidenceStore } from '../../ports/evidence.js';
import { createFileEvidenceStore } from './file-store.js';

/** Opens what the setting `EVIDENCE_STORE` names. Throws VALIDATION_FAILED for a kind it cannot open. */
export function openEvidenceStore(setting: string): EvidenceStore {
  if (setting.startsWith('file:')) return createFileEvidenceStore(setting.slice('file:'.length));
  throw new RewindError(
    'VALIDATION_FAILED',
    'EVIDENCE_STORE names a store that this build cannot open; use file:DIR. Blob storage comes with the Azure deployment.',
  );
}

export { createFileEvidenceStore };
