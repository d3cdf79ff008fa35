import {
  longestCommand,
  visible,
  type Block,
  type Document,
  type Section,
  type Table,
} from './blocks.js';

/** The report as Markdown for a ticket. Text from outside can neither format, link nor break a table. */
export function markdownOf({ title, subtitle, badge, sections, footer }: Document): string {
  return [
    `# ${escaped(title, 200)}`,
    `**${escaped(badge.text)}** ${escaped(subtitle)}`,
    ...sections.map(sectionOf),
    `_${escaped(footer)}_`,
    '',
  ].join('\n\n');
}

function sectionOf({ title, blocks }: Section): string {
  return [`## ${escaped(title)}`, ...blocks.map(blockOf).filter((block) => block !== '')].join(
    '\n\n',
  );
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return escaped(block.text, 1000);
    case 'facts':
      return block.rows.map(([name, value]) => `- ${escaped(name)}: ${escaped(value)}`).join('\n');
    case 'table':
      return tableOf(block.table);
    case 'list':
      return block.items.map((item) => `- ${escaped(item)}`).join('\n');
    case 'warnings':
      return block.items.map((item) => `> **Warning** ${escaped(item, 600)}`).join('\n>\n');
    case 'command':
      return fenced(block.text);
    case 'spans':
      return '';
  }
}

function tableOf({ head, rows, numbers = [], commands = [] }: Table): string {
  const cellOf = (cell: string, column: number): string =>
    escaped(cell, commands.includes(column) ? longestCommand : undefined);
  const line = (cells: readonly string[]): string => `| ${cells.map(cellOf).join(' | ')} |`;
  const rule = head.map((_, column) => (numbers.includes(column) ? '--:' : '---'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** A fence longer than any run of backticks inside. */
function fenced(text: string): string {
  const shown = visible(text, longestCommand);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${shown}\n${fence}`;
}

/** Markup characters escaped, markup entities written out, and no bare address that would become a link. */
const escaped = (text: string, max?: number): string =>
  visible(text, max)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#+!|~@]/g, '\\$&')
    .replaceAll('://', ':&#47;&#47;')
    .replaceAll(/\bwww\./gi, (match) => `${match.slice(0, 3)}&#46;`)
    .replace(/^(\s*)([-=])/, '$1\\$2')
    .replace(/^(\d+)([.)])/, '$1\\$2');
