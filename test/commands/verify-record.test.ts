import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { verifyRecordFile } from '../../local/commands/verify-record.js';
import { UsageError } from '../../local/commands/usage.js';
import { canonicalText, digestOf, sha256 } from '../../shared/digest.js';
import {
  chainEntry,
  firstPrev,
  type EntryDraft,
  type RecordEntry,
} from '../../shared/domain/record.js';
import { runCommand } from './run-command.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rewind-record-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const draft = (kind: string, over: Partial<EntryDraft> = {}): EntryDraft => ({
  at: '2026-11-20T14:45:00.000Z',
  kind,
  by: { id: 'entra-rewind', name: 'Entra Rewind' },
  summary: `What happened: ${kind}, naïvely 🙂`,
  ...over,
});

function chain(drafts: readonly EntryDraft[]): RecordEntry[] {
  const entries: RecordEntry[] = [];
  for (const [index, one] of drafts.entries()) {
    entries.push(chainEntry(one, index + 1, entries.at(-1)?.hash ?? firstPrev, digestOf));
  }
  return entries;
}

const textOf = (entries: readonly RecordEntry[]): string =>
  entries.map((entry) => `${canonicalText(entry)}\n`).join('');

async function save(content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, 'record.jsonl');
  await writeFile(file, content);
  return file;
}

const whole = chain([draft('opened'), draft('contained'), draft('closed')]);

describe('verify-record', () => {
  it('finds a whole record intact', async () => {
    const { intact, text } = await verifyRecordFile(await save(textOf(whole)), null);

    expect(intact).toBe(true);
    expect(text).toBe(`intact: 3 entries, artefacts not checked, head ${whole[2]?.hash ?? ''}`);
  });

  it('calls a record without its end open, and still intact', async () => {
    const file = await save(textOf(whole.slice(0, 2)));

    const { intact, text } = await verifyRecordFile(file, null);

    expect(intact).toBe(true);
    expect(text).toMatch(/^intact, open: 2 entries/);
  });

  it('notices a cut-off end when it is told the head', async () => {
    const file = await save(textOf(whole.slice(0, 2)));

    const { intact, text } = await verifyRecordFile(file, whole[2]?.hash ?? '');

    expect(intact).toBe(false);
    expect(text).toMatch(/^broken at entry 3: /);
  });

  it.each<[string, RecordEntry | undefined, number, RegExp]>([
    ['the end is missing', whole[2], 3, /^broken at entry 3: incident.json .* the end is missing/],
    ['another entry stands there', whole[2], 2, /^broken at entry 3: entry 2 is not the one/],
    ['the document lags behind', whole[0], 1, /^intact, open: 2 entries/],
    ['the document names no end', undefined, 2, /^intact, open: 2 entries/],
  ])('looks at the document beside it: %s', async (_, seen, entries, said) => {
    const file = await save(textOf(whole.slice(0, 2)));
    const record = { entries, head: seen?.hash ?? null };
    await writeFile(path.join(folder, 'incident.json'), JSON.stringify({ record }));

    expect((await verifyRecordFile(file, null)).text).toMatch(said);
  });

  it('notices every change of any one byte', async () => {
    const bytes = new TextEncoder().encode(textOf(whole));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (position, flip) => {
          const changed = Uint8Array.from(bytes);
          changed[position] = (changed[position] ?? 0) ^ flip;
          const { intact } = await verifyRecordFile(await save(changed), null);
          expect(intact).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  const [first = '', second = '', third = ''] = textOf(whole).split('\n');
  it.each([
    ['an entry taken out', `${first}\n${third}\n`, 2],
    ['two entries exchanged', `${second}\n${first}\n${third}\n`, 1],
    ['an entry repeated', `${first}\n${second}\n${second}\n${third}\n`, 3],
    ['Windows line ends', `${first}\r\n${second}\r\n${third}\r\n`, 1],
    ['an empty line between', `${first}\n\n${second}\n${third}\n`, 2],
    ['an empty line at the end', `${first}\n${second}\n${third}\n\n`, 4],
    ['no line feed at the end', `${first}\n${second}\n${third}`, 3],
    ['a byte order mark', `\uFEFF${first}\n${second}\n${third}\n`, 1],
    ['the same JSON with a space', `${first.replace(',', ', ')}\n${second}\n${third}\n`, 1],
    ['nothing at all', '', 1],
    ['something else', 'hello\n', 1],
  ])('refuses %s and says where', async (_, content, entry) => {
    const { intact, text } = await verifyRecordFile(await save(content), null);

    expect(intact).toBe(false);
    expect(text).toMatch(new RegExp(`^broken at entry ${entry}: `));
  });

  it('refuses bytes that are not UTF-8', async () => {
    const { intact } = await verifyRecordFile(await save(Uint8Array.of(0xff, 0xfe, 10)), null);

    expect(intact).toBe(false);
  });

  describe('with artefacts beside it', () => {
    const content = '{"plan":1}\n';
    const artefact = { name: 'plan', sha256: sha256(content), bytes: content.length };
    const file = artefact.sha256.slice('sha256:'.length);
    const entries = chain([draft('opened'), draft('planned', { artefact }), draft('closed')]);

    it.each([
      ['the artefact as it was', content, file, /^intact: 3 entries, 1 artefacts checked/],
      [
        'an altered artefact',
        '{"plan":2}\n',
        file,
        /^broken at entry 2: its artefact plan was altered/,
      ],
      [
        'no such artefact',
        content,
        'f'.repeat(63),
        /^broken at entry 2: its artefact plan is missing/,
      ],
    ])('judges %s', async (_, bytes, name, expected) => {
      await mkdir(path.join(folder, 'artefacts'));
      await writeFile(path.join(folder, 'artefacts', name), bytes);

      const { text } = await verifyRecordFile(await save(textOf(entries)), null);

      expect(text).toMatch(expected);
    });

    it('refuses an altered artefact that only another artefact refers to', async () => {
      await mkdir(path.join(folder, 'artefacts'));
      await writeFile(path.join(folder, 'artefacts', file), content);
      await writeFile(path.join(folder, 'artefacts', 'a'.repeat(64)), 'chunk');

      const { intact } = await verifyRecordFile(await save(textOf(entries)), null);

      expect(intact).toBe(false);
    });
  });

  it('does not take a missing file for a broken one', async () => {
    await expect(verifyRecordFile(path.join(folder, 'none'), null)).rejects.toThrow(UsageError);
  });

  it('answers with its exit code', async () => {
    const file = await save(textOf(whole));
    expect((await runCommand(['verify-record', file])).code).toBe(0);
    expect((await runCommand(['verify-record', file, '--head', 'abc'])).code).toBe(2);

    await save(textOf(whole).replace('contained', 'containeD'));
    const { code, stdout } = await runCommand(['verify-record', file]);

    expect(code).toBe(1);
    expect(stdout).toBe('broken at entry 2: its hash is not the hash of its content\n');
  });
});
