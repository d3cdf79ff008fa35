/**
 * Text for a card. Names come from the tenant under attack: nothing in them may become formatting, a
 * link, a second line or text in another direction (inbound fact sheet D). Of nothing remains a dash.
 */
export function cardText(text: string, most = 120): string {
  return escaped(shortened(plain(text.slice(0, longest)), most)) || '–';
}

/** More is not even looked at: a card shows a few hundred characters of anything. */
const longest = 5000;

/** One line, without controls, direction marks and characters that cannot be seen. */
function plain(text: string): string {
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(unseen, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Controls, formats (direction marks, zero widths, tags), what renders as nothing, line separators. */
const unseen = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]+/gu;

/** Counts what a reader sees as characters, so that no pair is cut in two. */
function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/**
 * Markdown characters get a backslash, text functions (`{{DATE(..)}}`) and bare addresses are taken
 * apart, and what would begin a list or a heading at the line's start no longer does.
 */
function escaped(text: string): string {
  return text
    .replace(/:\/\//g, ': //')
    .replace(/[\\`*_[\]()<>#~|{}!]/g, (character) => `\\${character}`)
    .replace(/^([-+]|\d+\.)(?=\s|$)/, (start) => `\\${start}`);
}
