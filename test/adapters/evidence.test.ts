import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { createFileEvidenceStore } from '../../shared/adapters/evidence/file-store.js';
import { openEvidenceStore } from '../../shared/adapters/evidence/index.js';
import { canonicalText, digestOf, sha256 } from '../../shared/digest.js';
import { emptyLedger } from '../../shared/domain/approval/approval.js';
import { verifyChain } from '../../shared/domain/record.js';
import { draftOf, incidentOf, temporaryFolder } from './evidence-samples.js';

const id = 'inc-0123456789abcdef0123456789abcdef';

async function openStore() {
  const folder = await temporaryFolder();
  return { folder, store: createFileEvidenceStore(folder) };
}

const linesOf = (bytes: Uint8Array | null): string[] =>
  Buffer.from(bytes ?? new Uint8Array())
    .toString('utf8')
    .split('\n')
    .slice(0, -1);

describe('claims', () => {
  it('a key belongs to whoever claimed it first, also among many at once', async () => {
    const { store } = await openStore();
    const contenders = Array.from({ length: 20 }, (_, index) => `inc-${index}`);

    const answers = await Promise.all(contenders.map((name) => store.claim('incident|X/Y', name)));

    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ incidentId }) => incidentId)).size).toBe(1);
    expect(await store.readClaim('incident|X/Y')).toBe(answers[0]?.incidentId);
    expect(await store.readClaim('incident|other')).toBeNull();
  });
});

describe('documents', () => {
  it('an incident is created once and changes made at the same time are all kept', async () => {
    const { store } = await openStore();
    expect(await store.createIncident(incidentOf(id))).toBe(true);
    expect(await store.createIncident({ ...incidentOf(id), title: 'again' })).toBe(false);

    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        store.updateIncident(id, (incident) => ({
          ...incident,
          warnings: [...incident.warnings, String(index)],
        })),
      ),
    );

    const incident = await store.readIncident(id);
    expect(incident?.title).toBe('Accounts disabled');
    expect(incident?.warnings).toHaveLength(30);
  });

  it('changing an incident that does not exist is refused with its code', async () => {
    const { store } = await openStore();

    await expect(store.updateIncident(id, (incident) => incident)).rejects.toMatchObject({
      code: 'INCIDENT_NOT_FOUND',
    });
    expect(await store.readIncident(id)).toBeNull();
    expect(await store.readIncident('../../etc')).toBeNull();
  });

  it('a change that throws leaves the document as it was', async () => {
    const { store } = await openStore();
    await store.createIncident(incidentOf(id));

    await expect(
      store.updateIncident(id, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');

    expect((await store.readIncident(id))?.title).toBe('Accounts disabled');
  });

  it('a ledger and named documents begin empty and keep what was written', async () => {
    const { store, folder } = await openStore();
    expect(await store.readLedger(id)).toEqual(emptyLedger);
    expect(await store.readDocument(id, 'marks')).toBeNull();

    await store.updateLedger(id, (ledger) => ({ ...ledger, version: ledger.version + 1 }));
    await store.updateDocument(id, 'marks', () => ({ cancel: null, hold: null }));

    const reopened = createFileEvidenceStore(folder);
    expect((await reopened.readLedger(id)).version).toBe(1);
    expect(await reopened.readDocument(id, 'marks')).toEqual({ cancel: null, hold: null });
    expect(await readdir(path.join(folder, 'incidents', id))).toEqual(
      expect.arrayContaining(['approvals.json', 'documents']),
    );
  });

  it.each(['', '..', 'Inc-1', 'a/b', 'a\\b', 'a.b', 'a\u0000', 'x'.repeat(81), '%2e%2e'])(
    'the id %j cannot reach a path',
    async (bad) => {
      const { store } = await openStore();

      await expect(store.updateDocument(bad, 'marks', () => null)).rejects.toBeDefined();
      await expect(store.append(bad, 'k', draftOf('x'))).rejects.toBeDefined();
      await expect(store.putArtefact(bad, 'scope', 'x')).rejects.toBeDefined();
      await expect(store.claim('key', bad)).rejects.toBeDefined();
    },
  );

  it.each(['../marks', 'a/b', '', '.hidden', 'sha256:xyz'])(
    'the name %j is neither a document nor an artefact',
    async (bad) => {
      const { store } = await openStore();

      await expect(store.updateDocument(id, bad, () => null)).rejects.toBeDefined();
      await expect(store.readArtefact(id, bad)).rejects.toBeDefined();
    },
  );
});

describe('the list of incidents', () => {
  it('pages newest first without gaps while new incidents open', async () => {
    const { store } = await openStore();
    for (let index = 0; index < 7; index += 1) {
      await store.createIncident(incidentOf(`inc-${index}`, `2026-11-20T14:3${index}:00.000Z`));
    }

    const first = await store.listIncidents(3);
    await store.createIncident(incidentOf('inc-new', '2026-11-20T15:00:00.000Z'));
    const second = await store.listIncidents(3, first.nextToken);
    const third = await store.listIncidents(3, second.nextToken);

    const ids = [first, second, third].flatMap(({ items }) => items.map((item) => item.id));
    expect(ids).toEqual(['inc-6', 'inc-5', 'inc-4', 'inc-3', 'inc-2', 'inc-1', 'inc-0']);
    expect(third.nextToken).toBeUndefined();
    await expect(store.listIncidents(3, 'nonsense')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

describe('an incident whose document cannot be read', () => {
  it('hides no other from the list, and is named', async () => {
    const { store, folder } = await openStore();
    for (const [index, name] of ['inc-a', 'inc-b', 'inc-c'].entries()) {
      await store.createIncident(incidentOf(name, `2026-11-20T14:3${index}:00.000Z`));
    }
    await store.listIncidents(10);
    await writeFile(path.join(folder, 'incidents', 'inc-b', 'incident.json'), '{"id":');
    const fresh = openEvidenceStore(`file:${folder}`);

    for (const list of [store, fresh]) {
      const { items, unreadable } = await list.listIncidents(10);
      expect(items.map((item) => item.id)).toEqual(['inc-c', 'inc-a']);
      expect(unreadable).toEqual(['inc-b']);
    }
    await expect(store.readIncident('inc-b')).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
  });
});

describe('artefacts', () => {
  it('lie under their hash, are written once and are refused once altered', async () => {
    const { store, folder } = await openStore();
    const content = '{"a":1}\n';

    const reference = await store.putArtefact(id, 'scope', content);
    await store.putArtefact(id, 'scope-again', content);

    expect(reference).toEqual({ name: 'scope', sha256: sha256(content), bytes: 8 });
    expect(Buffer.from(await store.readArtefact(id, reference.sha256)).toString()).toBe(content);
    const files = await readdir(path.join(folder, 'incidents', id, 'artefacts'));
    expect(files).toEqual([reference.sha256.slice(7)]);
    await writeFile(path.join(folder, 'incidents', id, 'artefacts', files[0] ?? ''), '{"a":2}\n');
    await expect(store.readArtefact(id, reference.sha256)).rejects.toMatchObject({
      code: 'INVARIANT_BROKEN',
    });
  });

  it('an EVIDENCE_STORE of another kind is refused in plain words', () => {
    expect(() => openEvidenceStore('blob:https://a.blob.core.windows.net/c')).toThrow(
      /EVIDENCE_STORE/,
    );
  });
});

describe('the record', () => {
  it('any order of appends, repeats and reopenings gives one intact chain with each key once', async () => {
    const operation = fc.record({ key: fc.integer({ min: 0, max: 9 }), reopen: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        const { folder, store } = await openStore();
        let current = store;
        for (const { key, reopen } of operations) {
          if (reopen) current = createFileEvidenceStore(folder);
          await current.append(id, `key-${key}`, draftOf(`entry ${key}`));
        }

        const verdict = verifyChain(linesOf(await current.readRecord(id)), {
          canonicalText,
          digestOf,
        });

        expect(verdict).toMatchObject({
          ok: true,
          entries: new Set(operations.map(({ key }) => key)).size,
        });
        expect(await current.recordHead(id)).toEqual({
          entries: verdict.entries,
          head: verdict.head,
        });
      }),
      { numRuns: 15 },
    );
  });

  it('the incident document shows how long the record is and how it ends', async () => {
    const { store } = await openStore();
    await store.createIncident(incidentOf(id));

    await Promise.all(
      Array.from({ length: 50 }, (_, index) => store.append(id, `k${index}`, draftOf(`${index}`))),
    );

    const head = await store.recordHead(id);
    expect(head.entries).toBe(50);
    expect((await store.readIncident(id))?.record).toEqual(head);
  });

  it.each([
    ['a torn record line', 'record.jsonl', '{"at":"2026'],
    ['a torn key line', 'record.keys.jsonl', '{"seq":3,"key":"thi'],
    [
      'a key without its record line',
      'record.keys.jsonl',
      '{"seq":3,"key":"third","hash":"sha256:00"}\n',
    ],
  ])('%s left by a crash is repaired and the entry is written once', async (_what, file, torn) => {
    const { folder, store } = await openStore();
    await store.append(id, 'first', draftOf('1'));
    await store.append(id, 'second', draftOf('2'));
    await appendFile(path.join(folder, 'incidents', id, file), torn);

    const reopened = createFileEvidenceStore(folder);
    await reopened.append(id, 'second', draftOf('2'));
    await reopened.append(id, 'third', draftOf('3'));
    await createFileEvidenceStore(folder).append(id, 'third', draftOf('3'));

    const lines = linesOf(await reopened.readRecord(id));
    expect(verifyChain(lines, { canonicalText, digestOf })).toMatchObject({ ok: true, entries: 3 });
    expect(lines.map((line) => (JSON.parse(line) as { summary: string }).summary)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('a crash at any byte of an append never loses an older entry nor doubles the new one', async () => {
    const { folder, store } = await openStore();
    await store.append(id, 'first', draftOf('1'));
    const before = await bothFiles(folder);
    await store.append(id, 'second', draftOf('2'));
    const after = await bothFiles(folder);
    const written = [
      ...prefixes(before.keys, after.keys).map((keys) => ({ keys, record: before.record })),
      ...prefixes(before.record, after.record).map((record) => ({ keys: after.keys, record })),
    ];

    for (const crashed of written.filter((_state, index) => index % 7 === 0)) {
      await writeFile(path.join(folder, 'incidents', id, 'record.keys.jsonl'), crashed.keys);
      await writeFile(path.join(folder, 'incidents', id, 'record.jsonl'), crashed.record);
      const restarted = createFileEvidenceStore(folder);
      await restarted.append(id, 'second', draftOf('2'));

      expect(await bothFiles(folder)).toEqual(after);
    }
  });

  it.each([
    ['an altered entry', (text: string) => text.replace('"summary":"1"', '"summary":"X"')],
    ['a removed entry', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ])('nothing is appended to a record with %s', async (_what, tamper) => {
    const { folder, store } = await openStore();
    await store.append(id, 'first', draftOf('1'));
    await store.append(id, 'second', draftOf('2'));
    const file = path.join(folder, 'incidents', id, 'record.jsonl');
    await writeFile(file, tamper(await readFile(file, 'utf8')));

    const reopened = createFileEvidenceStore(folder);

    await expect(reopened.append(id, 'third', draftOf('3'))).rejects.toMatchObject({
      code: 'INVARIANT_BROKEN',
    });
  });
});

async function bothFiles(folder: string): Promise<{ keys: string; record: string }> {
  const at = (name: string) => readFile(path.join(folder, 'incidents', id, name), 'utf8');
  return { keys: await at('record.keys.jsonl'), record: await at('record.jsonl') };
}

function prefixes(before: string, after: string): string[] {
  return Array.from({ length: after.length - before.length + 1 }, (_, extra) =>
    after.slice(0, before.length + extra),
  );
}
