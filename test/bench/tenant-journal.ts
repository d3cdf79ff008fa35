import { request } from '../../local/commands/request.js';
import type { JournalEntry } from '../../local/tenant/journal.js';

/** What the tenant received after entry `since`, in order, read from its control server. */
export async function readJournal(control: string, since: number): Promise<JournalEntry[]> {
  const { body } = await request('GET', new URL(`/journal?since=${since}`, control));
  return (body as { entries: JournalEntry[] }).entries;
}

/** The value below which the given share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
