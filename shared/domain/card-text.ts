/**
 * Text for a card. Names come from the tenant under attack: nothing in them may become formatting, a
 * link, a second line or text in another direction (inbound fact sheet D).
 */
export function cardText(text: string, most = 120): string {
  return escaped(shortened(plain(text), most));
}

/** One line, without controls, direction marks and characters that cannot be seen. */
function plain(text: string): string {
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(unseen, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

/**
 * Controls, line and paragraph separators, zero-width characters, direction marks, embeddings, overrides
 * and isolates, invisible operators, variation selectors, the byte order mark, tags.
 */
const unseen =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e01ef}]+/gu;

/** Counts what a reader sees as characters, so that no pair is cut in two. */
function shortened(text: string, most: number): string {
  const characters = [...text];
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
