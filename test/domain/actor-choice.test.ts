import type { ResolvedHint, Writer } from '../../shared/domain/incident/actor-choice.js';
import { chooseActors } from '../../shared/domain/incident/actor-choice.js';
import { guid } from './support/incidents.js';

const hint = (n: number | null): ResolvedHint => ({
  hint: {
    kind: 'user',
    objectId: n === null ? null : guid(n),
    userPrincipalName: 'someone@contoso.test',
    appId: null,
    displayName: null,
    reason: 'account of the alert',
  },
  identity: n === null ? null : { kind: 'user', id: guid(n), name: `Person ${n}` },
});
const writer = (n: number, rows: number): Writer => ({
  kind: 'user',
  id: guid(n),
  name: `Person ${n}`,
  rows,
});
const choose = (hints: ResolvedHint[], writers: Writer[], commanderNamed = false) =>
  chooseActors({ hints, writers, commanderNamed });

describe('the actor', () => {
  it.each<[string, ResolvedHint[], Writer[], number, number]>([
    ['is the account of the alert when it wrote', [hint(1)], [writer(1, 40)], 1, 40],
    [
      'is the account that wrote, not the victim named first',
      [hint(1), hint(2)],
      [writer(2, 900)],
      2,
      900,
    ],
    [
      'is the busier of two named accounts',
      [hint(1), hint(2)],
      [writer(2, 900), writer(1, 3)],
      2,
      900,
    ],
    [
      'is the account the alert names first, although a busy one beside it wrote a little more',
      [hint(1), hint(2)],
      [writer(2, 41), writer(1, 40)],
      1,
      40,
    ],
    ['stays the named account when nobody wrote (false alarm)', [hint(1)], [], 1, 0],
    ['stays the named account beside ordinary background writes', [hint(1)], [writer(8, 37)], 1, 0],
    ['is named once, however often the alert names it', [hint(1), hint(1)], [writer(1, 5)], 1, 5],
    [
      'is found beside an account the directory does not know',
      [hint(null), hint(2)],
      [writer(2, 5)],
      2,
      5,
    ],
  ])('%s', (_case, hints, writers, actor, rows) => {
    expect(choose(hints, writers)).toEqual({
      ok: true,
      actors: [
        expect.objectContaining({
          actor: { kind: 'user', id: guid(actor), name: `Person ${actor}` },
          auditRows: rows,
        }),
      ],
    });
  });

  it.each<[string, ResolvedHint[], Writer[]]>([
    ['the named account wrote nothing and somebody else a lot', [hint(1)], [writer(8, 4800)]],
    [
      'a stranger wrote far more than the named account',
      [hint(1)],
      [writer(8, 4800), writer(1, 2)],
    ],
    ['the directory knows nobody the alert names', [hint(null)], [writer(8, 4800)]],
    ['the alert names nobody and nobody wrote', [], []],
  ])('is asked for when %s, and nobody is blamed', (_case, hints, writers) => {
    const choice = choose(hints, writers);

    expect(choice).toMatchObject({ ok: false, question: expect.stringContaining('?') });
    if (!choice.ok && writers[0]) expect(choice.question).toContain(writers[0].id);
  });

  it('named by a commander is taken whoever else wrote', () => {
    const choice = choose([hint(1), hint(2)], [writer(8, 4800)], true);

    expect(choice.ok && choice.actors.map(({ actor }) => actor.id)).toEqual([guid(1), guid(2)]);
  });
});

it('a question ranks everybody who was named or wrote, each with the reason', () => {
  const asked = choose([hint(1), hint(2)], [writer(9, 900), writer(2, 3), writer(8, 1)]);

  expect(asked).toMatchObject({
    ok: false,
    candidates: [
      { actor: { id: guid(9) }, auditRows: 900, reason: expect.stringContaining('does not name') },
      { actor: { id: guid(2) }, auditRows: 3, reason: 'account of the alert' },
      { actor: { id: guid(8) }, auditRows: 1 },
      { actor: { id: guid(1) }, auditRows: 0, reason: 'account of the alert' },
    ],
  });
  expect(asked.ok ? '' : asked.question).toMatch(
    /1\. Person 9 .*2\. Person 2 .*account of the alert/,
  );
});
