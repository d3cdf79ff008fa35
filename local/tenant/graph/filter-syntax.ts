import { GraphError } from './errors.js';

export type Literal = string | number | boolean | null;

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type TextFunction = 'startswith' | 'endswith' | 'contains';

/** A parsed `$filter`. Paths inside `any` start with the collection's own path. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly operand: Filter }
  | {
      readonly kind: 'compare';
      readonly path: string;
      readonly op: Comparison;
      readonly value: Literal;
    }
  | { readonly kind: 'in'; readonly path: string; readonly values: readonly Literal[] }
  | {
      readonly kind: 'text';
      readonly path: string;
      readonly op: TextFunction;
      readonly value: string;
    }
  | { readonly kind: 'any'; readonly path: string; readonly body: Filter };

interface Token {
  readonly kind: 'word' | 'text' | 'mark' | 'end';
  readonly value: string;
  readonly at: number;
}

const tokenPattern = /\s*(?:('(?:[^']|'')*')|([(),:])|([^\s(),:']+(?::[^\s(),']*)*))/y;
const comparisons = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const functions = new Set(['startswith', 'endswith', 'contains']);

/** Parses the OData subset that directory services use; a text it cannot read is a 400 like Graph's. */
export function parseFilter(text: string): Filter {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: Token[];
  #next = 0;
  /** Lambda variables in scope and the collection each stands for. */
  readonly #variables = new Map<string, string>();

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Filter {
    const filter = this.#either();
    if (this.#peek().kind !== 'end') this.#fail(this.#peek());
    return filter;
  }

  #either(): Filter {
    let left = this.#both();
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#both() };
    return left;
  }

  #both(): Filter {
    let left = this.#single();
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#single() };
    return left;
  }

  #single(): Filter {
    if (this.#takeWord('not')) return { kind: 'not', operand: this.#single() };
    if (this.#takeMark('(')) {
      const inner = this.#either();
      this.#mark(')');
      return inner;
    }
    const token = this.#take('word');
    if (functions.has(token.value.toLowerCase()) && this.#takeMark('(')) return this.#call(token);
    if (token.value.endsWith('/any') && this.#takeMark('(')) return this.#any(token);
    return this.#comparison(token);
  }

  #call(token: Token): Filter {
    const path = this.#path(this.#take('word').value);
    this.#mark(',');
    const value = unquote(this.#take('text').value);
    this.#mark(')');
    return { kind: 'text', path, op: token.value.toLowerCase() as TextFunction, value };
  }

  #any(token: Token): Filter {
    const path = this.#path(token.value.slice(0, -'/any'.length));
    const variable = this.#take('word').value;
    const [name, rest] = split(variable);
    this.#variables.set(name, path);
    if (rest === null) this.#mark(':');
    else if (rest !== '') this.#pushBack(rest, token.at);
    const body = this.#either();
    this.#mark(')');
    this.#variables.delete(name);
    return { kind: 'any', path, body };
  }

  #comparison(token: Token): Filter {
    const path = this.#path(token.value);
    const op = this.#take('word').value;
    if (op === 'in') {
      this.#mark('(');
      const values = [this.#literal()];
      while (this.#takeMark(',')) values.push(this.#literal());
      this.#mark(')');
      return { kind: 'in', path, values };
    }
    if (!comparisons.has(op)) this.#fail(token);
    return { kind: 'compare', path, op: op as Comparison, value: this.#literal() };
  }

  #literal(): Literal {
    const token = this.#peek();
    this.#next += 1;
    if (token.kind === 'text') return unquote(token.value);
    if (token.kind !== 'word') this.#fail(token);
    if (token.value === 'true' || token.value === 'false') return token.value === 'true';
    if (token.value === 'null') return null;
    return /^-?\d+(\.\d+)?$/.test(token.value) ? Number(token.value) : token.value;
  }

  #path(path: string): string {
    const [first = '', ...rest] = path.split('/');
    const collection = this.#variables.get(first);
    return collection === undefined ? path : [collection, ...rest].join('/');
  }

  #pushBack(value: string, at: number): void {
    this.#tokens.splice(this.#next, 0, { kind: 'word', value, at });
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', value: '', at: this.#text.length };
  }

  #take(kind: Token['kind']): Token {
    const token = this.#peek();
    if (token.kind !== kind) this.#fail(token);
    this.#next += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.value !== word) return false;
    this.#next += 1;
    return true;
  }

  #takeMark(mark: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'mark' || token.value !== mark) return false;
    this.#next += 1;
    return true;
  }

  #mark(mark: string): void {
    if (!this.#takeMark(mark)) this.#fail(this.#peek());
  }

  #fail(token: Token): never {
    throw new GraphError(
      400,
      'BadRequest',
      `Invalid filter clause: Syntax error at position ${token.at} in '${this.#text}'.`,
    );
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (match === null) {
      const message = `Invalid filter clause: There is an unterminated string literal at position ${at} in '${text}'.`;
      throw new GraphError(400, 'BadRequest', message);
    }
    const [, quoted, mark, word] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted, at });
    else if (mark !== undefined) tokens.push({ kind: 'mark', value: mark, at });
    else tokens.push({ kind: 'word', value: word ?? '', at });
  }
  return tokens;
}

/** `t:t/id` arrives as one word because times contain colons; `t` alone has its colon to follow. */
function split(variable: string): [name: string, rest: string | null] {
  const colon = variable.indexOf(':');
  return colon < 0 ? [variable, null] : [variable.slice(0, colon), variable.slice(colon + 1)];
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'");
}
