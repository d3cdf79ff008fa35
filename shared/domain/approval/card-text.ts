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
 * Markdown characters and HTML entities get a backslash; text functions (`{{DATE(..)}}`), addresses with
 * and without a scheme, and bare host names are taken apart, since clients make links of them by
 * themselves; user principal names stay whole. What would begin a list or a heading no longer does.
 */
function escaped(text: string): string {
  return text
    .replace(/:\/\//g, ': //')
    .replace(/\b(mailto|tel|sip|sms|javascript|data|file|msteams|ms-[a-z]+):(?=\S)/gi, '$1: ')
    .replace(/\b(www\d{0,3})\.(?=\S)/gi, '$1. ')
    .replace(/[\\`*_[\]()<>#~|{}!]/g, (character) => `\\${character}`)
    .replace(/&(?=#?\w{1,32};)/g, '\\&')
    .replace(hostName, (host) => host.replaceAll('.', '\\.'))
    .replace(/^([-+]|\d+\.)(?=\s|$)/, (start) => `\\${start}`);
}

/** A host name that is not the end of a user principal name. */
const hostName = /(?<![@\w.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?![\w@.-])/gu;
