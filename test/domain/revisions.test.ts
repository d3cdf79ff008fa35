import fc from 'fast-check';
import { noRevisions, withRevision, type Revision } from '../../shared/domain/plan/revisions.js';

const revision = (over: Partial<Revision> = {}): Revision => ({
  at: '2026-11-20T21:00:00.000Z',
  by: { id: 'r', name: 'Rita' },
  basedOn: 'sha256:a',
  exclude: [],
  include: [],
  choices: {},
  recoveryPointId: null,
  executor: null,
  note: 'n',
  ...over,
});

describe('revisions together', () => {
  it('say what the last word about each object was', () => {
    const all = [
      revision({ exclude: ['a', 'b'], choices: { c: 'skip' } }),
      revision({ include: ['a', 'd'], executor: 'surgical', recoveryPointId: 'p' }),
      revision({ exclude: ['d'], choices: { c: 'reconcile' } }),
    ].reduce(withRevision, noRevisions);

    expect(all).toMatchObject({
      version: 3,
      excluded: ['b', 'd'],
      included: ['a'],
      choices: { c: 'reconcile' },
      executor: 'surgical',
      recoveryPointId: 'p',
    });
    expect(all.list).toHaveLength(3);
  });

  it('never name an object twice, nor in and out', () => {
    const someIds = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(someIds, someIds), { maxLength: 8 }), (steps) => {
        const { excluded, included } = steps
          .map(([exclude, rest]) =>
            revision({ exclude, include: rest.filter((id) => !exclude.includes(id)) }),
          )
          .reduce(withRevision, noRevisions);

        const named = [...excluded, ...included];
        expect(new Set(named).size).toBe(named.length);
      }),
    );
  });
});
