import type { Incident } from '../../domain/incident/incident.js';
import type { RecordEntry } from '../../domain/record.js';
import { facts, instant, table, text, type Section } from './blocks.js';

/** Of a run of entries of one kind, as many are shown at its start; a wave of batches would fill pages. */
const shownOfRun = 3;
const timelineRows = 400;
/** What people wanted to be read later is shown one by one. */
const neverFolded: readonly string[] = ['note', 'deviation'];

export function timelineSection(entries: readonly RecordEntry[]): Section {
  if (entries.length === 0) return { title: 'Timeline', blocks: [text('The record is empty.')] };
  return {
    title: 'Timeline',
    blocks: table(
      {
        head: ['#', 'When', 'Kind', 'By', 'What'],
        rows: timelineRowsOf(entries),
        numbers: [0],
        times: [1],
      },
      timelineRows,
      'The record has them all.',
    ),
  };
}

function timelineRowsOf(entries: readonly RecordEntry[]): string[][] {
  const rows: string[][] = [];
  let hidden: RecordEntry[] = [];
  let kind = '';
  let run = 0;
  const flush = (): void => {
    const last = hidden.at(-1);
    if (last !== undefined) {
      const what = `${hidden.length} more of this kind, the last: ${last.summary}`;
      rows.push(['…', instant(last.at), last.kind, '', what]);
    }
    hidden = [];
  };
  for (const entry of entries) {
    // An intent and its outcome alternate: they are one run.
    const family = entry.kind.replace(/(Intent|Outcome)$/i, '');
    run = family === kind ? run + 1 : 1;
    if (family !== kind) flush();
    kind = family;
    if (run > shownOfRun && !neverFolded.includes(family)) hidden.push(entry);
    else
      rows.push([String(entry.seq), instant(entry.at), entry.kind, entry.by.name, entry.summary]);
  }
  flush();
  return rows;
}

export function recordSection({ id, record }: Incident, entries: readonly RecordEntry[]): Section {
  const last = entries.at(-1);
  const head = last?.hash ?? record.head ?? '–';
  return {
    title: 'The record',
    blocks: [
      text(
        'Every fact above is an entry of an append-only record whose entries are chained by their SHA-256. ' +
          'This report was made when the record ended as follows; later entries extend the chain and leave this one in it.',
      ),
      facts([
        ['Entries', String(entries.length)],
        ['Head', head],
      ]),
      text('Check it offline, with the artefacts folder beside it:'),
      { kind: 'command', text: `npm run verify-record -- incidents/${id}/record.jsonl` },
    ],
  };
}
