import fc from 'fast-check';
import { emptyLedger, type Ledger } from '../../shared/domain/approval/approval.js';
import {
  countDecision,
  requiredFor,
  standing,
} from '../../shared/domain/approval/approval-rule.js';
import { guid, policy } from './support/incidents.js';

const people = { operator: 1, approver: 2, both: 3, glass1: 4, glass2: 5, stranger: 6 } as const;
type Name = keyof typeof people;
const names = Object.keys(people) as Name[];
const idOf = (name: Name) => guid(people[name]);
const pin = (...list: Name[]) => list.map((name) => ({ objectId: idOf(name), name }));

const rules = policy({
  people: {
    operators: pin('operator', 'both'),
    approvers: pin('approver', 'both'),
    breakGlassApprovers: pin('glass1', 'glass2'),
  },
});
const noon = '2026-11-20T12:00:00.000Z';

interface Night {
  readonly objects: number;
  /** Found unable; all of them disabled unless `blocked` says a policy keeps them out. */
  readonly unable?: readonly Name[];
  readonly blocked?: readonly Name[];
  readonly actor?: Name;
  readonly diagnostician?: Name;
}

function asked({ objects, unable = [], blocked = [], actor, diagnostician }: Night): Ledger {
  return {
    ...emptyLedger,
    unable: [...unable, ...blocked].map(idOf),
    gone: unable.map(idOf),
    requests: [
      {
        planDigest: 'sha256:a',
        planVersion: 1,
        objects,
        requestedAt: noon,
        expiresAt: '2026-11-20T16:00:00.000Z',
        required: requiredFor(objects, rules),
        diagnosticians: diagnostician === undefined ? [] : [{ id: idOf(diagnostician), name: '' }],
        actorIds: actor === undefined ? [] : [idOf(actor)],
        nonce: 'n',
      },
    ],
  };
}

/** What becomes of the plan when these approve, one after the other; `name@teams` presses the card. */
function after(night: Night, words: readonly (Name | `${Name}@teams`)[]) {
  const ledger = words.reduce((known, word) => {
    const [name, via = 'http'] = word.split('@') as [Name, 'teams'?];
    return countDecision(
      known,
      {
        decision: 'approve',
        by: { id: idOf(name), name },
        via,
        planDigest: 'sha256:a',
        comment: null,
        nonce: via === 'teams' ? 'n' : null,
        proof: { issuer: 'https://issuer.example.test', tokenIdHash: name },
        roleCheck: null,
      },
      { policy: rules, now: noon },
    ).ledger;
  }, asked(night));
  const { state, given } = standing(ledger, rules, 'sha256:a', noon);
  return [state, given.map(({ by, countedAs }) => `${by.name} as ${countedAs}`).join(', ')];
}

const noOperators = ['operator', 'both'] as const;
const nobody = ['operator', 'both', 'approver'] as const;

describe('break-glass approvers', () => {
  it.each<[string, Night, Parameters<typeof after>[1], string, string]>([
    // While the ordinary quorum can act they are nobody.
    ['do not count beside operators', { objects: 25 }, ['glass1'], 'open', ''],
    ['do not count beside a quorum', { objects: 26 }, ['glass1', 'glass2'], 'open', ''],
    [
      'do not count while somebody in both lists and one more are left',
      { objects: 26, unable: ['operator'] },
      ['glass1', 'glass2'],
      'open',
      '',
    ],
    // Up to 25 objects: one.
    [
      'of 25 objects: one suffices when no operator can act',
      { objects: 25, unable: noOperators },
      ['glass1'],
      'approved',
      'glass1 as operator',
    ],
    [
      'of 25 objects: an ordinary approver does not take their place',
      { objects: 25, unable: noOperators },
      ['approver'],
      'open',
      '',
    ],
    [
      'of 25 objects: none counts while one operator is left',
      { objects: 25, unable: ['operator'] },
      ['glass1'],
      'open',
      '',
    ],
    // Above: two people.
    [
      'of 26 objects: one of them is not two people',
      { objects: 26, unable: nobody },
      ['glass1', 'glass1'],
      'open',
      'glass1 as operator',
    ],
    [
      'of 26 objects: two of them suffice',
      { objects: 26, unable: nobody },
      ['glass1', 'glass2'],
      'approved',
      'glass1 as operator, glass2 as approver',
    ],
    [
      'of 26 objects: the approver who is left and one of them suffice',
      { objects: 26, unable: noOperators },
      ['approver', 'glass1'],
      'approved',
      'approver as approver, glass1 as operator',
    ],
    [
      'of 26 objects: in the other order too',
      { objects: 26, unable: noOperators },
      ['glass1', 'approver'],
      'approved',
      'glass1 as operator, approver as approver',
    ],
    [
      'of 26 objects: the operator who is left and one of them suffice',
      { objects: 26, unable: ['approver', 'both'] },
      ['operator', 'glass2'],
      'approved',
      'operator as operator, glass2 as approver',
    ],
    [
      'of 26 objects: somebody in both lists who is left alone, and one of them',
      { objects: 26, unable: ['operator', 'approver'] },
      ['glass1', 'both'],
      'approved',
      'glass1 as operator, both as approver',
    ],
    // Whoever comes although a policy should keep them out is there.
    [
      'stand beside an operator who was thought to be blocked and comes',
      { objects: 26, blocked: noOperators },
      ['operator', 'glass1'],
      'approved',
      'operator as operator, glass1 as approver',
    ],
    // The same separation of duties, the same ways.
    [
      'are not the actor',
      { objects: 25, unable: noOperators, actor: 'glass1' },
      ['glass1'],
      'open',
      '',
    ],
    [
      'are not a diagnostician',
      { objects: 26, unable: nobody, diagnostician: 'glass1' },
      ['glass1', 'glass2'],
      'open',
      'glass2 as operator',
    ],
    [
      'are not disabled themselves',
      { objects: 26, unable: [...nobody, 'glass1'] },
      ['glass1', 'glass2'],
      'open',
      'glass2 as operator',
    ],
    ['do not press a card', { objects: 25, unable: noOperators }, ['glass1@teams'], 'open', ''],
    ['are pinned', { objects: 25, unable: noOperators }, ['stranger'], 'open', ''],
    [
      'may act when those who could are the actor and a diagnostician',
      { objects: 25, actor: 'operator', diagnostician: 'both' },
      ['glass1'],
      'approved',
      'glass1 as operator',
    ],
  ])('%s', (_what, night, words, state, given) => {
    expect(after(night, words)).toEqual([state, given]);
  });

  it('never approve alone above the limit, nor at all while the others can', () => {
    const anyOf = fc.subarray(names);
    const word = fc.constantFrom(...names.flatMap((name) => [name, `${name}@teams` as const]));
    fc.assert(
      fc.property(
        fc.constantFrom(25, 26),
        anyOf,
        fc.array(word, { maxLength: 6 }),
        (objects, unable, words) => {
          const [state, given = ''] = after({ objects, unable }, words);
          const people = given === '' ? [] : given.split(', ').map((one) => one.split(' ')[0]);
          expect(new Set(people).size).toBe(people.length);
          if (state !== 'approved') return;
          expect(people.length).toBe(objects > 25 ? 2 : 1);
          const left = (list: readonly Name[]) => list.filter((name) => !unable.includes(name));
          const operators = left(['operator', 'both']);
          const approvers = left(['approver', 'both']);
          const theirs =
            objects > 25
              ? operators.some((one) => approvers.some((other) => other !== one))
              : operators.length > 0;
          if (theirs) expect(people.some((name) => name?.startsWith('glass'))).toBe(false);
        },
      ),
    );
  });
});
