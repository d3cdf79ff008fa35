/** Term and substring tests of the query language. A `has` term is bounded by non-alphanumerics. */

const alphanumeric = /[\p{L}\p{N}]/u;

function isWordUnit(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const code = text.charCodeAt(at);
  if (code < 128) {
    return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  }
  const secondHalf = (code & 0xfc00) === 0xdc00 && at > 0;
  return alphanumeric.test(String.fromCodePoint(text.codePointAt(secondHalf ? at - 1 : at) ?? 0));
}

/** Which ends of the term must lie on a term boundary. */
export type TermEnds = 'both' | 'start' | 'end';

/** True when `term` occurs in `text` as a whole term (or as its start or end). */
export function hasTerm(text: string, term: string, ends: TermEnds = 'both'): boolean {
  if (term === '') return true;
  const startBound = ends !== 'end' && isWordUnit(term, 0);
  const endBound = ends !== 'start' && isWordUnit(term, term.length - 1);
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    const startOk = !startBound || !isWordUnit(text, at - 1);
    if (startOk && (!endBound || !isWordUnit(text, at + term.length))) return true;
  }
  return false;
}

const word = /[\p{L}\p{N}]+/gu;

/**
 * Whether a text has any of many terms, by looking up its words instead of searching for each term.
 * All in lower case.
 */
export function hasAnyTerm(terms: readonly string[]): (text: string) => boolean {
  const byWord = new Map<string, string[]>();
  const wordless: string[] = [];
  for (const term of terms) {
    // The longest word tells terms apart that begin alike, as record ids do.
    const longest = (term.match(word) ?? []).sort((a, b) => b.length - a.length)[0];
    const bucket = longest === undefined ? wordless : byWord.get(longest);
    if (bucket !== undefined) bucket.push(term);
    else if (longest !== undefined) byWord.set(longest, [term]);
  }
  return (text) => {
    for (const [found] of text.matchAll(word)) {
      if (byWord.get(found)?.some((term) => hasTerm(text, term)) === true) return true;
    }
    return wordless.some((term) => hasTerm(text, term));
  };
}

/** A test of a haystack against a needle; insensitive ones receive both in lower case. */
export interface TextTest {
  readonly test: (text: string, needle: string) => boolean;
  readonly sensitive: boolean;
  readonly negated: boolean;
}

const tests: ReadonlyArray<readonly [string, (text: string, needle: string) => boolean]> = [
  ['Has', (text, needle) => hasTerm(text, needle)],
  ['HasPrefix', (text, needle) => hasTerm(text, needle, 'start')],
  ['HasSuffix', (text, needle) => hasTerm(text, needle, 'end')],
  ['Contains', (text, needle) => text.includes(needle)],
  ['StartsWith', (text, needle) => text.startsWith(needle)],
  ['EndsWith', (text, needle) => text.endsWith(needle)],
];

/** By syntax kind: `HasExpression`, `NotHasCsExpression`, `EqualTildeExpression`, ... */
export const textTests: ReadonlyMap<string, TextTest> = new Map([
  ...tests.flatMap(([name, test]) =>
    [false, true].flatMap((negated) =>
      [false, true].map((sensitive): [string, TextTest] => [
        `${negated ? 'Not' : ''}${name}${sensitive ? 'Cs' : ''}Expression`,
        { test, sensitive, negated },
      ]),
    ),
  ),
  ['EqualTildeExpression', { test: (a, b) => a === b, sensitive: false, negated: false }],
  ['BangTildeExpression', { test: (a, b) => a === b, sensitive: false, negated: true }],
]);

const regexCache = new Map<string, RegExp>();

/**
 * The pattern, in the engine's RE2 dialect, as a JS expression with the `u`-less rules RE2 shares;
 * throws SyntaxError for a pattern that is none.
 */
export function regex(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  let found = regexCache.get(key);
  if (found === undefined) {
    if (regexCache.size > 500) regexCache.clear();
    found = new RegExp(fromRe2(pattern), flags);
    regexCache.set(key, found);
  }
  found.lastIndex = 0;
  return found;
}

function fromRe2(pattern: string): string {
  const source = pattern
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replace(/\[\[:(\w+):\]\]/g, (whole, name: string) => posixClasses.get(name) ?? whole);
  // A bare flag group holds to the end of its group; JS only knows the scoped form.
  const bareFlags = /\(\?([ims]+)\)/.exec(source);
  if (bareFlags === null) return source;
  const before = source.slice(0, bareFlags.index);
  const after = source.slice(bareFlags.index + bareFlags[0].length);
  return `${before}(?${bareFlags[1] ?? ''}:${after})`;
}

const posixClasses: ReadonlyMap<string, string> = new Map([
  ['alpha', '[A-Za-z]'],
  ['digit', '[0-9]'],
  ['alnum', '[A-Za-z0-9]'],
  ['upper', '[A-Z]'],
  ['lower', '[a-z]'],
  ['space', '\\s'],
  ['xdigit', '[0-9A-Fa-f]'],
]);
