import type { Builtin } from './builtin.js';
import { define } from './builtin.js';
import { asText, validRegex } from './comparison.js';
import type { KqlType } from './model.js';
import { asKqlType } from './model.js';
import { constant, derive, semantic } from './scope.js';
import { part } from './syntax.js';
import { convert, toText } from './values.js';

function substring(text: string, start: number, length = text.length): string {
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  return length <= 0 ? '' : text.slice(from, from + length);
}

function split(text: string, delimiter: string, index?: number): unknown {
  const parts = delimiter === '' ? [text] : text.split(delimiter);
  if (index === undefined) return parts;
  const at = parts[index < 0 ? parts.length + index : index];
  return at === undefined ? [] : [at];
}

function indexOf(text: string, sought: string, start = 0, length = -1, occurrence = 1): unknown {
  if (length < -1 || occurrence < 1) return null;
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  const end = length === -1 ? text.length : Math.min(text.length, from + length);
  let at = from - 1;
  for (let seen = 0; seen < occurrence; seen++) {
    at = text.indexOf(sought, at + 1);
    if (at < 0 || at + sought.length > end) return -1;
  }
  return at;
}

/** Plain matches may overlap, as in the engine; regex matches may not. */
const countOf: Builtin = (call) => {
  const [source, search, kind] = call.args;
  if (source === undefined || search === undefined)
    throw semantic('countof needs two arguments', call.node);
  const [text, sought] = [asText(source), asText(search)];
  const byRegex = kind?.constant === true && kind.eval([]) === 'regex';
  return derive('long', call.args, (row) => {
    const [haystack, needle] = [text(row) as string, sought(row) as string];
    if (byRegex) return [...haystack.matchAll(validRegex(needle, call.node, 'g'))].length;
    let count = 0;
    if (needle === '') return 0;
    for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) count++;
    return count;
  });
};

/** `extract(regex, group, text [, typeof(type)])`; no match gives the empty value. */
const extract: Builtin = ({ args, nodes, node }) => {
  const [pattern, group, source] = args;
  if (pattern === undefined || group === undefined || source === undefined) {
    throw semantic('extract needs three arguments', node);
  }
  const types = nodes[3] === undefined ? undefined : part(nodes[3], 'Types')?.children[0];
  const target: KqlType = types === undefined ? 'string' : asKqlType(types.symbol?.name);
  const [regexText, text] = [asText(pattern), asText(source)];
  return derive(target, [pattern, group, source], (row) => {
    const match = validRegex(regexText(row) as string, node).exec(text(row) as string);
    return convert(match?.[group.eval(row) as number] ?? '', 'string', target);
  });
};

/** Every match: of no or one group its text, of several groups an array of texts. */
const extractAll: Builtin = ({ args, node }) => {
  const [pattern, second, third] = args;
  const source = third ?? second;
  if (pattern === undefined || source === undefined) {
    throw semantic('extract_all needs two arguments', node);
  }
  const groups = third === undefined ? undefined : second;
  const [regexText, text] = [asText(pattern), asText(source)];
  return derive('dynamic', args, (row) => {
    const chosen = groups?.eval(row) as readonly unknown[] | null | undefined;
    const found: unknown[] = [];
    for (const match of (text(row) as string).matchAll(
      validRegex(regexText(row) as string, node, 'g'),
    )) {
      const all = chosen?.map((group) => match[Number(group)] ?? '') ?? match.slice(1);
      found.push(all.length === 1 ? all[0] : all);
    }
    return found.length === 0 ? null : found;
  });
};

/** Trims whatever the regular expression matches at the given ends. */
function trim(atStart: boolean, atEnd: boolean): Builtin {
  return ({ args, node }) => {
    const [pattern, source] = args;
    if (pattern === undefined || source === undefined)
      throw semantic('trim needs two arguments', node);
    const [regexText, text] = [asText(pattern), asText(source)];
    return derive('string', args, (row) => {
      const raw = regexText(row) as string;
      let rest = text(row) as string;
      if (atStart) rest = rest.replace(validRegex(`^(?:${raw})`, node), '');
      if (atEnd) rest = rest.replace(validRegex(`(?:${raw})$`, node), '');
      return rest;
    });
  };
}

/** The rewrite uses `\1`; `order` names the positions of text, regex and rewrite. */
function replaceRegex(order: readonly [number, number, number]): Builtin {
  return ({ args, node }) => {
    const [source, pattern, rewrite] = order.map((position) => args[position]);
    if (source === undefined || pattern === undefined || rewrite === undefined) {
      throw semantic('replace_regex needs three arguments', node);
    }
    const [text, regexText, rewriteText] = [asText(source), asText(pattern), asText(rewrite)];
    return derive('string', args, (row) => {
      const target = (rewriteText(row) as string)
        .replaceAll('$', '$$$$')
        .replace(/\\(\d)/g, (_, group: string) => (group === '0' ? '$&' : `$${group}`));
      return (text(row) as string).replace(validRegex(regexText(row) as string, node, 'g'), target);
    });
  };
}

/** The arguments after the first, joined by it; each as text. */
const joined: Builtin = ({ args }) => {
  const readers = args.map((argument) => asText(argument));
  return derive('string', args, (row) => {
    const [delimiter, ...rest] = readers.map((read) => read(row) as string);
    return rest.join(delimiter);
  });
};

const concatenated: Builtin = ({ args }) => {
  const readers = args.map((argument) => asText(argument));
  if (readers.length === 0) return constant('string', '');
  return derive('string', args, (row) => {
    let text = '';
    for (const read of readers) text += read(row) as string;
    return text;
  });
};

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function base64Text(text: string): unknown {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  const bytes = Buffer.from(text, 'base64');
  const decoded = bytes.toString('utf8');
  return Buffer.from(decoded, 'utf8').equals(bytes) ? decoded : null;
}

/** Characters as `strlen()` and `reverse()` take them: code points, so no pair of surrogates is torn. */
const codePoints = (text: string) => Array.from(text);

const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

export const textFunctions: Readonly<Record<string, Builtin>> = {
  strcat: concatenated,
  strcat_delim: joined,
  strlen: define('t', (text: string) => codePoints(text).length),
  string_size: define('t', (text: string) => Buffer.byteLength(text)),
  substring: define('tn', substring),
  split: define('ttn', split),
  tolower: define('t', (text: string) => text.toLowerCase()),
  toupper: define('t', (text: string) => text.toUpperCase()),
  reverse: define('t', (text: string) => codePoints(text).reverse().join('')),
  strcmp: define('tt', compare),
  strrep: define('tnt', (text: string, count: number, delimiter = '') =>
    Array<string>(Math.max(0, count)).fill(text).join(delimiter),
  ),
  trim: trim(true, true),
  trim_start: trim(true, false),
  trim_end: trim(false, true),
  replace_string: define('t', (text: string, sought: string, rewrite: string) =>
    sought === '' ? text : text.replaceAll(sought, () => rewrite),
  ),
  replace_regex: replaceRegex([0, 1, 2]),
  replace: replaceRegex([2, 0, 1]),
  extract,
  extract_all: extractAll,
  indexof: define('ttn', indexOf),
  countof: countOf,
  strcat_array: define('dt', (array: unknown, delimiter: string) =>
    Array.isArray(array) ? array.map((element) => toText(element, 'dynamic')).join(delimiter) : '',
  ),
  url_decode: define('t', urlDecode),
  url_encode: define('t', (text: string) => encodeURIComponent(text)),
  url_encode_component: define('t', (text: string) => encodeURIComponent(text)),
  base64_decode_tostring: define('t', base64Text),
  base64_encode_tostring: define('t', (text: string) => Buffer.from(text).toString('base64')),
};
