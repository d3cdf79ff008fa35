/** A process of its own that appends `COUNT` entries: `node append-entries.ts DIR ID WRITER COUNT`. */
import { createFileEvidenceStore } from '../../shared/adapters/evidence/file-store.js';

const [directory = '', id = '', writer = '', count = '0'] = process.argv.slice(2);
const store = createFileEvidenceStore(directory);
for (let entry = 0; entry < Number(count); entry += 1) {
  await store.append(id, `${writer}-${entry}`, {
    at: '2026-11-20T14:30:00.000Z',
    kind: 'note',
    by: { id: writer, name: writer },
    summary: `${writer} wrote ${entry}`,
  });
  await store.append(id, `shared-${entry}`, {
    at: '2026-11-20T14:30:00.000Z',
    kind: 'note',
    by: { id: 'either', name: 'either' },
    summary: `shared ${entry}`,
  });
}
