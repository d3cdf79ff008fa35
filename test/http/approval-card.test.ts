import fc from 'fast-check';
import {
  approvalCard,
  decidedCard,
  noticeCard,
} from '../../shared/domain/approval/approval-card.js';
import { cardText } from '../../shared/domain/approval/card-text.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { cardProblems } from '../support/adaptive-card-rules.js';
import { createDoors } from '../support/doors.js';
import { incidentId, seedIncident, seedPlan } from '../support/cases.js';

const links = { publicUrl: 'https://rewind.example.test' };
const nobody = { given: [], remaining: ['operator', 'approver'] as const };

async function asked() {
  const doors = createDoors();
  await seedIncident(doors);
  const { request } = await seedPlan(doors);
  return { incident: (await doors.store.readIncident(incidentId))!, request };
}

/** The incident with every text a tenant or a person can choose replaced. */
const named = (incident: Incident, name: string): Incident => ({
  ...incident,
  title: name,
  actor: { ...incident.actor!, name },
  actors: Array.from({ length: 40 }, () => ({ ...incident.actors[0]!, name })),
  plan: { ...incident.plan!, warnings: Array.from({ length: 40 }, () => name) },
});

const giver = (name: string) => ({
  given: [
    { by: { id: '1', name }, countedAs: 'operator' as const, at: '', via: 'teams' as const },
    { by: { id: '2', name }, countedAs: 'approver' as const, at: '', via: 'http' as const },
  ],
  remaining: [],
});

it('an approval card names the plan, its size, who is needed and both buttons', async () => {
  const { incident, request } = await asked();

  const card = approvalCard(incident, request, nobody, links);

  expect(cardProblems(card)).toEqual([]);
  const text = JSON.stringify(card);
  expect(text).toContain('operator and approver');
  expect(text).toContain(`${links.publicUrl}/api/console/incidents/${incident.id}`);
  const { planDigest, planVersion, nonce } = request;
  const data = { incidentId: incident.id, planDigest, planVersion, nonce };
  const verbs = [...text.matchAll(/"verb":"(\w+)","data":(\{[^}]*\})/g)];
  expect(verbs.map(([, verb, given]) => [verb, JSON.parse(given!) as unknown])).toEqual([
    ['approve', data],
    ['reject', data],
  ]);
});

it('decided and notice cards can only be read', async () => {
  const { incident } = await asked();

  for (const card of [
    decidedCard(incident, 'Approved by two people.', links),
    noticeCard(incident, 'Held', 'The canary failed.', links),
    noticeCard({ ...incident, plan: null, actor: null, actors: [] }, 'Opened', 'Looking.', links),
  ]) {
    expect(cardProblems(card)).toEqual([]);
    expect(JSON.stringify(card)).not.toContain('Action.Execute');
  }
});

it.each([
  ['a link', '[Approve](https://evil.test)', '\\[Approve\\]\\(https: //evil\\.test\\)'],
  ['bold and italics', '**x** _y_', '\\*\\*x\\*\\* \\_y\\_'],
  ['a line break', 'a\r\n\n- b', 'a - b'],
  ['a list', '- x', '\\- x'],
  ['a numbered list', '1. x', '\\1. x'],
  ['a heading', '# x', '\\# x'],
  ['an image', '![x](y)', '\\!\\[x\\]\\(y\\)'],
  [
    'a text function',
    '{{DATE(2026-01-01T00:00:00Z)}}',
    '\\{\\{DATE\\(2026-01-01T00:00:00Z\\)\\}\\}',
  ],
  ['a bare address', 'see https://evil.test', 'see https: //evil\\.test'],
  ['an address without a scheme', 'go to www.evil.test/x', 'go to www. evil\\.test/x'],
  ['a bare host', 'evil.test', 'evil\\.test'],
  ['a bare host and a path', 'see login.evil.test/a now', 'see login\\.evil\\.test/a now'],
  ['another scheme', 'mailto:x@evil.test', 'mailto: x@evil.test'],
  ['an entity', '&lt;at&gt; &#60; R&D; &', '\\&lt;at\\&gt; &\\#60; R\\&D; &'],
  ['a user principal name', 'admin.one@contoso.test', 'admin.one@contoso.test'],
  ['a version', 'Sync 2.14.0', 'Sync 2.14.0'],
  ['a reversed end', 'invoice\u202egpj.exe', 'invoice gpj\\.exe'],
  ['an isolate', 'a\u2066b\u2069c', 'a b c'],
  ['nothing to see', 'ad\u200bmin\u00ad\ufeff', 'ad min'],
  ['tags', 'x\u{e0041}y', 'x y'],
  ['half a character', 'x\ud83d', 'x\ufffd'],
  ['nothing at all', ' \u200b\n', '–'],
  ['a backslash', 'CONTOSO\\admin', 'CONTOSO\\\\admin'],
  ['markup', '<at>x</at>', '\\<at\\>x\\</at\\>'],
])('a name with %s is only a name', (_, name, shown) => {
  expect(cardText(name)).toBe(shown);
});

it('a long name is cut between characters', () => {
  expect(cardText('😀'.repeat(200), 10)).toBe(`${'😀'.repeat(9)}…`);
});

it('whatever names hold, the cards stay valid, below 28 KB, and their data stays ours', async () => {
  const { incident, request } = await asked();
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc
      .constantFrom('*', '\u202e', '😀', '\ud800', '"', '\\', '漢', '](', '{{')
      .map((one) => one.repeat(5000)),
  );

  fc.assert(
    fc.property(hostile, (name) => {
      const cards = [
        approvalCard(named(incident, name), request, giver(name), links),
        decidedCard(named(incident, name), `x${name}`, links),
        noticeCard(named(incident, name), `x${name}`, `x${name}`, links),
      ];
      for (const card of cards) {
        expect(cardProblems(card)).toEqual([]);
        expect(JSON.stringify(card)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }
      expect(JSON.stringify(cards[0])).toContain(JSON.stringify(request.nonce));
    }),
    { numRuns: 80 },
  );
});
