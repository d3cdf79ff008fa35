import { incidentIdForm } from '../../domain/incident/incident.js';
import path from 'node:path';
import { RewindError } from '../../errors.js';

const documentName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;
const digest = /^sha256:([0-9a-f]{64})$/;

/**
 * The layout of a `file:` store (contract section 7). Every part of a path that comes from outside is
 * checked here, so that no id can leave the store's folder.
 */
export function createPaths(root: string) {
  const incidents = path.join(root, 'incidents');
  const folder = (id: string): string => path.join(incidents, checkedId(id));
  return {
    root,
    incidents,
    claims: path.join(root, 'claims'),
    locks: path.join(root, 'locks'),
    folder,
    incident: (id: string) => path.join(folder(id), 'incident.json'),
    ledger: (id: string) => path.join(folder(id), 'approvals.json'),
    record: (id: string) => path.join(folder(id), 'record.jsonl'),
    recordKeys: (id: string) => path.join(folder(id), 'record.keys.jsonl'),
    report: (id: string) => path.join(folder(id), 'report.html'),
    documents: (id: string) => path.join(folder(id), 'documents'),
    document: (id: string, name: string) =>
      path.join(folder(id), 'documents', `${checked(name, documentName, 'document name')}.json`),
    artefacts: (id: string) => path.join(folder(id), 'artefacts'),
    artefact: (id: string, sha256: string) => path.join(folder(id), 'artefacts', hexOf(sha256)),
    lock: (id: string) => path.join(root, 'locks', checkedId(id)),
  };
}

export type Paths = ReturnType<typeof createPaths>;

/** True for ids the store takes; everything else cannot exist. */
export const isIncidentId = (id: string): boolean => incidentIdForm.test(id);

const checkedId = (id: string): string => checked(id, incidentIdForm, 'incident id');

function hexOf(sha256: string): string {
  const hex = digest.exec(sha256)?.[1];
  if (hex === undefined) throw refused('artefact digest');
  return hex;
}

function checked(text: string, pattern: RegExp, what: string): string {
  if (!pattern.test(text)) throw refused(what);
  return text;
}

const refused = (what: string): RewindError =>
  new RewindError('INVARIANT_BROKEN', `The evidence store was given an unusable ${what}.`);
