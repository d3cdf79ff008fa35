/** Deeper than any body of Microsoft's, far below what would trouble a recursive reader. */
const deepest = 64;

export type ReadJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly hint: string };

/**
 * Reads strict JSON: UTF-8 without errors, one value, no member twice in one object (two readers could
 * each take another one), no nesting beyond 64. Lone surrogates in texts become U+FFFD, so that every
 * text can be digested. The hint says what is wrong, without repeating the body.
 */
export function readJson(bytes: Uint8Array): ReadJson {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, hint: 'The body is not UTF-8.' };
  }
  if (text.trim() === '') {
    return {
      ok: false,
      hint: 'The body is empty. A chunked body arrives empty too: send Content-Length.',
    };
  }
  if (nestingOf(text) > deepest) {
    return { ok: false, hint: `The body is nested deeper than ${deepest} levels.` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text, (_, member: unknown) =>
      typeof member === 'string' ? wellFormed(member) : member,
    );
  } catch {
    return { ok: false, hint: 'The body is not JSON.' };
  }
  if (hasRepeatedMember(text)) {
    return { ok: false, hint: 'An object in the body has a member twice.' };
  }
  return { ok: true, value };
}

/**
 * Strings are the only tokens in which brackets, colons and commas mean nothing. One that never closes
 * is a token to the end of the text: looked for again at each quote, it would cost the square of its length.
 */
const tokens = /"(?:[^"\\]|\\.)*"?|[{}[\]:,]/gs;

function nestingOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') most = Math.max(most, (depth += 1));
    else if (token === '}' || token === ']') depth -= 1;
  }
  return most;
}

/** Of text that is JSON already: a string before a colon is a member's name. */
function hasRepeatedMember(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const names = open.at(-1);
      // Escapes spell one name in several ways.
      const name = JSON.parse(last) as string;
      if (names?.has(name)) return true;
      names?.add(name);
    }
    last = token;
  }
  return false;
}

const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;
