import { createHash } from 'node:crypto';
import { escape } from 'html-escaper';
import type { Incident } from '../../domain/incident/incident.js';
import type { RecordEntry } from '../../domain/record.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportExtras, ReportWriter } from '../../ports/report.js';
import {
  longestCommand,
  visible,
  type Block,
  type Document,
  type Section,
  type Span,
  type Table,
} from './blocks.js';
import { reportDocument, type ReportFrame } from './content.js';
import { markdownOf } from './markdown.js';
import { style } from './style.js';

/**
 * The incident report in both forms, made from one content: self-contained, printable, without script.
 * Pure; everything from outside is escaped.
 */
export function renderReport(
  incident: Incident,
  entries: readonly RecordEntry[],
  extras: ReportExtras & ReportFrame,
): { readonly html: string; readonly markdown: string } {
  const document = reportDocument(incident, entries, extras);
  return { html: htmlOf(document), markdown: markdownOf(document) };
}

/** The port over `renderReport`. A record line that cannot be read is left out: the chain check is not ours. */
export function createReportWriter(frame: {
  readonly tenantId: string;
  readonly clock: Pick<Clock, 'now'>;
}): ReportWriter {
  return {
    render: (incident, record, extras = {}) =>
      renderReport(incident, entriesOf(record), {
        ...extras,
        tenantId: frame.tenantId,
        generatedAt: new Date(frame.clock.now()).toISOString(),
      }),
  };
}

function entriesOf(record: Uint8Array): RecordEntry[] {
  const lines = new TextDecoder().decode(record).split('\n');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as RecordEntry];
    } catch {
      return [];
    }
  });
}

/** Nothing may load or run but our own style sheet, whatever a name in the report contains. */
const contentSecurityPolicy =
  "default-src 'none'; base-uri 'none'; form-action 'none'; " +
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`;

function htmlOf({ title, subtitle, badge, sections, footer }: Document): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="referrer" content="no-referrer">
<title>${safe(title, 120)}</title>
<style>${style}</style>
</head>
<body>
<header>
<span class="badge ${badge.tone}">${safe(badge.text)}</span>
<h1>${named(title, 200)}</h1>
<p class="subtitle">${safe(subtitle)}</p>
</header>
<main>
${sections.map(sectionOf).join('\n')}
</main>
<footer>${safe(footer)}</footer>
</body>
</html>
`;
}

const sectionOf = ({ title, blocks }: Section): string =>
  `<section>\n<h2>${safe(title)}</h2>\n${blocks.map(blockOf).join('\n')}\n</section>`;

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${named(block.text, 1000)}</p>`;
    case 'facts':
      return `<dl>\n${block.rows.map(([name, value]) => `<dt>${safe(name)}</dt><dd>${named(value)}</dd>`).join('\n')}\n</dl>`;
    case 'table':
      return tableOf(block.table);
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${named(item)}</li>`).join('\n')}\n</ul>`;
    case 'warnings':
      return `<ul class="warnings">\n${block.items.map((item) => `<li>${named(item, 600)}</li>`).join('\n')}\n</ul>`;
    case 'command':
      return `<pre>${safe(block.text, longestCommand)}</pre>`;
    case 'spans':
      return spansOf(block.spans);
  }
}

/** With more columns than this a table shares the page's width out instead of growing beyond it. */
const mostLoose = 5;

function tableOf({
  head,
  rows,
  numbers = [],
  codes = [],
  times = [],
  commands = [],
}: Table): string {
  const classes = [
    [numbers, 'number'],
    [codes, 'code'],
    [times, 'time'],
  ] as const;
  const classOf = (column: number): string => {
    const found = classes.find(([columns]) => columns.includes(column));
    return found === undefined ? '' : ` class="${found[1]}"`;
  };
  const cells = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const most = commands.includes(column) ? longestCommand : undefined;
        return `<td${classOf(column)}>${named(cell, most)}</td>`;
      })
      .join('');
  const heads = head.map((cell, column) =>
    numbers.includes(column) ? `<th class="number">${safe(cell)}</th>` : `<th>${safe(cell)}</th>`,
  );
  const many = head.length > mostLoose ? ' class="many"' : '';
  return `<div class="wide"><table${many}>
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}
</tbody>
</table></div>`;
}

const chart = { width: 1000, left: 190, row: 26, bar: 14 };

/** One bar per step on a common axis; a drawing beside the table, so it is hidden from readers aloud. */
function spansOf(spans: readonly Span[]): string {
  const end = Math.max(...spans.map(({ to }) => to), 1);
  const scale = (chart.width - chart.left - 10) / end;
  const rows = spans.map(({ label, from, to, state }, index) => {
    const y = index * chart.row + 6;
    const x = (chart.left + from * scale).toFixed(1);
    const width = Math.max(2, (to - from) * scale).toFixed(1);
    const colour = state === 'failed' ? 'failed' : 'bar';
    return (
      `<text x="0" y="${y + 12}">${safe(label)}</text>` +
      `<rect class="track" x="${chart.left}" y="${y}" width="${chart.width - chart.left}" height="${chart.bar}" rx="3"/>` +
      `<rect class="${colour}" x="${x}" y="${y}" width="${width}" height="${chart.bar}" rx="3"/>`
    );
  });
  if (rows.length === 0) return '';
  const height = spans.length * chart.row + 8;
  return `<svg viewBox="0 0 ${chart.width} ${height}" aria-hidden="true">\n${rows.join('\n')}\n</svg>`;
}

const safe = (text: string, max?: number): string => escape(visible(text, max));

/** Text that may hold a name: isolated, so that its direction cannot reorder what stands around it. */
const named = (text: string, max?: number): string => `<bdi>${safe(text, max)}</bdi>`;
