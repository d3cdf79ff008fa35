import { HostError } from './host-error.js';
import { constraintFor } from './route-constraints.js';

interface Segment {
  readonly rank: number;
  readonly literal?: string;
  readonly parameter?: string;
  readonly optional?: boolean;
  readonly rest?: boolean;
  readonly fits?: (text: string) => boolean;
}

export interface Route<T> {
  readonly target: T;
  readonly methods: ReadonlySet<string>;
  readonly segments: readonly Segment[];
  readonly pattern: string;
}

export interface RouteMatch<T> {
  readonly target: T;
  readonly params: Record<string, string>;
}

/** HTTP routes in the form of the real host: any case, the most precise pattern first. */
export class RouteTable<T> {
  readonly #routes: Route<T>[] = [];

  /** @throws HostError for a pattern that the real host refuses or that this host does not know. */
  add(pattern: string, methods: readonly string[], target: T): void {
    const segments = compile(pattern);
    const route = {
      target,
      segments,
      pattern,
      methods: new Set(methods.map((method) => method.toUpperCase())),
    };
    const shape = shapeOf(segments);
    for (const other of this.#routes)
      if (shapeOf(other.segments) === shape && [...other.methods].some((m) => route.methods.has(m)))
        throw new HostError(`Two functions answer the same route and method: "${pattern}".`);
    this.#routes.push(route);
    this.#routes.sort(byPrecision);
  }

  /** Finds the function for a raw request path (not decoded, without the query). */
  match(method: string, path: string): RouteMatch<T> | undefined {
    const parts = path.replace(/^\//, '').replace(/\/$/, '').split('/');
    if (parts.length === 1 && parts[0] === '') parts.pop();
    for (const route of this.#routes) {
      if (!route.methods.has(method)) continue;
      const params = fit(route.segments, parts);
      if (params) return { target: route.target, params };
    }
    return undefined;
  }
}

/** Percent-decodes a path part as the real host does: an encoded slash stays encoded. */
export function decodePart(text: string): string {
  return text
    .split(/(%2f)/i)
    .map((piece) => (/^%2f$/i.test(piece) ? piece : decode(piece)))
    .join('');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compile(pattern: string): Segment[] {
  const trimmed = pattern.replace(/^\/|\/$/g, '');
  if (trimmed === '') return [];
  const parts = trimmed.split('/');
  return parts.map((part, index) => compilePart(part, pattern, index === parts.length - 1));
}

function compilePart(part: string, pattern: string, last: boolean): Segment {
  if (!/[{}]/.test(part)) return { rank: 0, literal: part.toLowerCase() };
  const found = /^\{(\*{0,2})([A-Za-z_][\w-]*)((?::[^{}]+)?)(\??)\}$/.exec(part);
  if (!found) throw new HostError(`Route "${pattern}": "${part}" is not available on this host.`);
  const [, stars = '', name = '', rules = '', question = ''] = found;
  const rest = stars !== '';
  if (rest && !last) throw new HostError(`Route "${pattern}": {*${name}} has to come last.`);
  const checks = rules
    .split(':')
    .slice(1)
    .map((rule) => constraintFor(rule, pattern));
  return {
    rank: (rest ? 3 : 1) + (checks.length > 0 ? 0 : 1),
    parameter: name,
    optional: question !== '' || rest,
    rest,
    ...(checks.length > 0 && { fits: (text: string) => checks.every((check) => check(text)) }),
  };
}

function fit(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (segment.rest) {
      const rest = parts.slice(index);
      if (rest.some((piece) => piece === '')) return undefined;
      const value = rest.map(decodePart).join('/');
      if (value !== '' && segment.parameter) params[segment.parameter] = value;
      return params;
    }
    if (part === undefined) {
      if (!segment.optional) return undefined;
      continue;
    }
    const value = decodePart(part);
    if (value === '') return undefined;
    if (segment.literal !== undefined) {
      if (value.toLowerCase() !== segment.literal) return undefined;
    } else if (segment.parameter !== undefined) {
      if (segment.fits && !segment.fits(value)) return undefined;
      params[segment.parameter] = value;
    }
  }
  return parts.length > segments.length ? undefined : params;
}

const shapeOf = (segments: readonly Segment[]) =>
  segments.map(({ literal, rank }) => literal ?? `{${rank}}`).join('/');

function byPrecision(a: Route<unknown>, b: Route<unknown>): number {
  for (let index = 0; ; index += 1) {
    const [x, y] = [a.segments[index], b.segments[index]];
    if (!x || !y) return a.segments.length - b.segments.length;
    if (x.rank !== y.rank) return x.rank - y.rank;
  }
}
