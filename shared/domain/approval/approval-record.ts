import type { Decision, Ledger } from './approval.js';
import type { Json } from '../json.js';

/** The artefact of a decision's record entry: the decision itself, as the ledger has it. */
export const decisionArtefact = 'decision';

/** Digests of the decisions that a record (JSON lines) has entries of. Lines that are no JSON say nothing. */
export function recordedDecisions(record: string): ReadonlySet<string> {
  const digests = new Set<string>();
  for (const line of record.split('\n')) {
    // Most lines tell of other things, and records are long.
    if (!line.includes('"kind":"decision.')) continue;
    const artefact = artefactOf(line);
    if (artefact?.name === decisionArtefact) digests.add(artefact.sha256);
  }
  return digests;
}

/**
 * The ledger with those decisions alone that the record has an entry of: the record is the one that
 * cannot be altered unseen, so a line that stands in the ledger alone counts for nothing.
 */
export function onRecord(
  ledger: Ledger,
  recorded: ReadonlySet<string>,
  digestOf: (value: Json) => string,
): Ledger {
  const decisions = ledger.decisions.filter((decision) =>
    recorded.has(digestOf(decision as unknown as Json)),
  );
  return { ...ledger, decisions };
}

/** Whether a decision says what this attempt says, down to the token that proves it. */
export function saysTheSame(
  decision: Decision,
  attempt: Pick<Decision, 'decision' | 'by' | 'via' | 'planDigest' | 'comment' | 'lines' | 'proof'>,
): boolean {
  return (
    decision.decision === attempt.decision &&
    decision.by.id === attempt.by.id &&
    decision.via === attempt.via &&
    decision.planDigest === attempt.planDigest &&
    decision.comment === attempt.comment &&
    decision.proof.tokenIdHash === attempt.proof.tokenIdHash &&
    (decision.lines ?? []).join() === (attempt.lines ?? []).join()
  );
}

function artefactOf(line: string): { name: string; sha256: string } | null {
  try {
    const { artefact } = JSON.parse(line) as { artefact?: { name: string; sha256: string } };
    return artefact ?? null;
  } catch {
    return null;
  }
}
