import { createReportWriter, renderReport } from '../../../shared/adapters/report/html-report.js';
import { visible } from '../../../shared/adapters/report/blocks.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import { newUndo } from '../../../shared/domain/plan/undo-view.js';
import { chain, recordText, recovered } from './incidents.js';

const frame = {
  tenantId: '99999999-9999-4999-8999-999999999999',
  generatedAt: '2026-11-20T14:46:31.000Z',
};
const entries = chain([
  ['opened', "Opened by Sentinel's alert"],
  ['closed', 'Recovered'],
]);
const render = (incident: Incident) => renderReport(incident, entries, frame);

/** The same hostile text in every place where a name or a sentence from outside can stand. */
function everywhere(text: string): Incident {
  const base = recovered();
  return recovered({
    title: text,
    labels: [text],
    actors: base.actors.map((actor) => ({ ...actor, name: text })),
    steps: base.steps.map((step) => ({ ...step, summary: text })),
    warnings: [text],
    tasks: [{ id: 't', at: base.openedAt, text, command: text }],
    residual: [{ kind: 'lost', objectId: text, what: text, todo: text }],
    approvals: {
      required: ['operator'],
      given: base.approvals.given.map((given) => ({ ...given, by: { id: text, name: text } })),
    },
    plan: base.plan && { ...base.plan, warnings: [text] },
    recoveryPoint: base.recoveryPoint && { ...base.recoveryPoint, reason: text },
  });
}

describe('the incident report', () => {
  it('says how the incident ended, who approved as what and which digest they approved', () => {
    const { html, markdown } = render(recovered());

    for (const report of [html, markdown.replaceAll('\\', '')]) {
      expect(report).toContain('every planned change was read back as planned');
      expect(report).toContain('Olga Operator');
      expect(report).toContain('Alan Approver');
      expect(report).toContain(recovered().plan?.digest);
      expect(report).toContain('12.5 h before the first bad change');
      expect(report).toContain('Enable the account in Active Directory');
      expect(report).toContain(entries.at(-1)?.hash);
    }
  });

  it('says that the plan was not checked against the recovery point where there was one to ask', () => {
    const point = recovered().recoveryPoint!;
    const told = 'No plan was checked against what the recovery point itself holds';
    const without = recovered({ recoveryPoint: { ...point, id: null } });

    expect(render(recovered()).markdown).toContain(told);
    expect(render(without).markdown).not.toContain(told);
  });

  it('names every class with its count and its meaning', () => {
    const { markdown } = render(recovered());

    expect(markdown).toContain('| actorOnly | 4788 | The actor is the last and only writer');
    expect(markdown).toContain('| unexplained | 1 | Changed, and no audit event says by whom');
    expect(markdown).toContain('| lost | 0 |');
  });

  it('says who carries out what in which order, which lines were needed, who could be locked out, and the undo', () => {
    const base = recovered();
    const by = { id: 'c', name: 'Carl Commander' };
    const { markdown } = render({
      ...base,
      plan: base.plan && {
        ...base.plan,
        executor: 'auto',
        byExecutor: { surgical: 4800, native: 12, handOff: 0 },
        stages: [
          { executor: 'surgical', stage: 'canary', objects: 26 },
          { executor: 'native', stage: 'groups', objects: 12 },
        ],
        lines: [{ line: 'policies', objects: 3 }],
        requiredLines: ['lockout'],
        forecast: {
          people: [
            {
              ...{ id: 'g', name: 'Glass One', roles: ['breakGlass'], damaged: false },
              ...{ now: 'can', after: 'cannot', why: 'is blocked by the policy "Block"' },
            },
          ],
          ...{ breakGlassAfter: 1, refused: true, unread: null },
        },
      },
      undo: {
        ...newUndo(by, base.openedAt),
        state: 'closed',
        outcome: 'recovered',
        summary: 'All of it was undone.',
        execution: { executor: 'surgical', waves: [], applied: 7, skipped: 1, failed: 0 },
      },
    });

    const plain = markdown.replaceAll('\\', '');
    for (const text of [
      'auto: surgical 4800, native 12',
      'canary: few ordinary objects',
      'policies | write policies',
      'lockout | go on although the lock-out forecast fails',
      'Glass One | g | breakGlass | can | CANNOT | is blocked by the policy "Block"',
      'refused without the line lockout',
      'All of it was undone.',
      'Carl Commander',
      '7 applied, 1 skipped, 0 failed',
    ]) {
      expect(plain).toContain(text);
    }
  });

  it('needs nothing from outside and runs nothing', () => {
    const { html } = render(recovered());

    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed|form|a)\b/i);
    expect(html).not.toMatch(/\b(src|href|on[a-z]+|style)=/i);
    expect(html).not.toMatch(/url\(|@import/i);
    expect(html).toContain("default-src 'none'");
    expect(html.match(/<style>/g)).toHaveLength(1);
  });

  it('has a style sheet that its own content security policy lets in', async () => {
    const { html } = render(recovered());
    const css = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';

    const hash = Buffer.from(
      await crypto.subtle.digest('SHA-256', new TextEncoder().encode(css)),
    ).toString('base64');

    expect(html).toContain(`style-src 'sha256-${hash}'`);
  });

  const attacks: readonly (readonly [string, string])[] = [
    ['a script element', '<script>alert(1)</script>'],
    ['an attribute that breaks out', '"><img src=x onerror=alert(1)>'],
    ['a style end', '</style><script>alert(1)</script>'],
    ['a closing cell', '</td></tr></table><h1>Approved</h1>'],
    ['an entity', '&lt;b&gt;&#60;script&#62;'],
    ['a comment', '<!-- --><svg onload=alert(1)>'],
  ];
  it.each(attacks)('shows %s in a name as text', (_, attack) => {
    const plain = render(recovered()).html;

    const { html } = render(everywhere(attack));

    // The only markup is our own: as many elements as with harmless names, none of the attack's.
    const elements = (text: string) =>
      new Set([...text.matchAll(/<([a-z][a-z0-9]*)/gi)].map((m) => m[1]));
    expect(elements(html)).toEqual(elements(plain));
    expect(html.match(/<style>/g)).toHaveLength(1);
    expect(html).not.toContain(attack);
  });

  it.each([
    ['a link', '[click](https://evil.example)'],
    ['an image', '![x](https://evil.example/pixel.png)'],
    ['a bare address', 'https://evil.example'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['a table break', 'a | b | c'],
    ['a new line', 'x\n\n# Approved by everyone\n'],
    ['a code fence', '``` ```'],
    ['a mention', '@everyone'],
  ])('lets %s in a name do nothing in Markdown', (_, attack) => {
    const harmless = render(everywhere('name')).markdown;

    const { markdown } = render(everywhere(attack));

    expect(markdown.split('\n')).toHaveLength(harmless.split('\n').length);
    expect(markdown).not.toMatch(/^# Approved/m);
    const prose = markdown.replaceAll(/^```+\n.*\n```+$/gm, '').replaceAll(/^`+\n.*\n`+$/gm, '');
    expect(prose).not.toMatch(/https:\/\/|(?<!\\)\]\(|<img|(?<!\\)@/);
  });

  it('shows bidirectional, control and invisible characters instead of obeying them', () => {
    expect(visible('a\u202Eb\u2066c\u0007d\u200Be\u0000')).toBe(
      'a[U+202E]b[U+2066]c[U+0007]d[U+200B]e[U+0000]',
    );
    const { html } = render(everywhere('Bob\u202Egnp.exe\u2028'));
    expect(html).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\u2028]/u);
  });

  it('stays readable when a name has 10,000 characters', () => {
    const { html, markdown } = render(everywhere('x'.repeat(10_000)));

    expect(/x{4001}/.test(html)).toBe(false);
    expect(/x{4001}/.test(markdown)).toBe(false);
  });

  it('shows what a person has to run in full, however long it is', () => {
    const todo = `Invoke-MgGraphRequest -Body '${'x'.repeat(3000)}'`;
    const { html, markdown } = render(
      recovered({ residual: [{ kind: 'manual', objectId: 'o', what: 'w', todo }] }),
    );

    expect(html).toMatch(/x{3000}&#39;/);
    expect(markdown).toMatch(/x{3000}'/);
  });

  it('folds a long run of one kind in the timeline, and says how many it folded', () => {
    const batches = Array.from({ length: 480 }, (_, index): [string, string] => [
      index % 2 === 0 ? 'batchIntent' : 'batchOutcome',
      `Batch ${Math.floor(index / 2) + 1}`,
    ]);
    const long = chain([['opened', 'Opened'], ...batches, ['closed', 'Closed']]);

    const { markdown } = renderReport(recovered(), long, frame);

    expect(markdown).toContain('477 more of this kind, the last: Batch 240');
    expect(markdown).toMatch(/\| 482 \| .* \| closed \|/);
  });

  it('tells the truth about an incident that is still open and has neither plan nor actor', () => {
    const open = recovered({
      state: 'containing',
      outcome: null,
      closedAt: null,
      actors: [],
      plan: null,
      recoveryPoint: null,
      execution: null,
      verification: null,
      approvals: { required: [], given: [] },
    });

    const { html } = renderReport(open, [], frame);

    for (const sentence of [
      'Still open',
      'No actor was identified.',
      'No plan was made.',
      'No recovery point was chosen.',
      'Nothing was written to the tenant.',
      'The tenant was not read back.',
      'The record is empty.',
    ]) {
      expect(html).toContain(sentence);
    }
  });

  it('is written from the bytes of the record, with the time of its clock', () => {
    const writer = createReportWriter({
      tenantId: frame.tenantId,
      clock: { now: () => Date.parse(frame.generatedAt) },
    });

    const written = writer.render(recovered(), new TextEncoder().encode(recordText(entries)));

    expect(written).toEqual(render(recovered()));
  });
});
