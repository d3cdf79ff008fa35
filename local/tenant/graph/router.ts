import { GraphError } from './errors.js';
import type { Route } from './route.js';

export interface Matched {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds the route of a path below the version segment; unknown ones fail as Graph does. */
export class Router {
  readonly #patterns: readonly Pattern[];
  readonly #heads: ReadonlySet<string>;

  constructor(routes: readonly Route[]) {
    this.#patterns = routes.map((route) => ({ route, segments: route.path.split('/') }));
    this.#heads = new Set(routes.map((route) => (route.path.split('/')[0] ?? '').toLowerCase()));
  }

  find(method: string, path: string): Matched {
    const segments = segmentsOf(path);
    let otherMethod = false;
    for (const { route, segments: pattern } of this.#patterns) {
      const params = match(pattern, segments);
      if (params === null) continue;
      if (route.method === method) return { route, params };
      otherMethod = true;
    }
    if (otherMethod) {
      const message = 'Specified HTTP method is not allowed for the request target.';
      throw new GraphError(405, 'Request_BadRequest', message);
    }
    const head = segments[0] ?? '';
    const unknown = this.#heads.has(head.toLowerCase()) ? (segments.at(-1) ?? '') : head;
    const message = `Resource not found for the segment '${unknown}'.`;
    throw new GraphError(400, 'BadRequest', message);
  }
}

/** Splits before decoding; `things(appId='x')` and `things('x')` become two segments. */
function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => {
      const text = decode(segment);
      const keyed = /^(\w+)\((?:(\w+)=)?'([^']*)'\)$/.exec(text);
      if (keyed === null) return [text];
      const [, name = '', alternate, key = ''] = keyed;
      return [name, alternate === undefined ? key : `${alternate}='${key}'`];
    });
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new GraphError(400, 'BadRequest', 'The request URL is malformed.');
  }
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (let index = 0; index < pattern.length; index += 1) {
    const wanted = pattern[index] as string;
    const actual = segments[index] as string;
    if (wanted.startsWith('{')) params[wanted.slice(1, -1)] = actual;
    else if (wanted.toLowerCase() !== actual.toLowerCase()) return null;
  }
  return params;
}
