import type { Json } from '../directory/model.js';
import { unsupportedQuery } from './errors.js';
import type { Filter, Literal } from './filter-syntax.js';

/** Operators a property takes in `$filter`; those behind `|` need an advanced query. Example `eq in|ne`. */
export type Filterable = Readonly<Record<string, string>>;

/** Reads a property of one item by its path; a collection answers its elements. */
export type Resolve = (path: string) => Json | undefined;

/** Refuses what the service does not support for this resource (graph fact sheet C, D.1). */
export function checkFilter(
  filter: Filter,
  filterable: Filterable,
  resource: string,
  advanced: boolean,
): void {
  const check = (path: string, operator: string): void => {
    const [plain = '', indexed = ''] = (filterable[path] ?? '').split('|');
    if (plain.split(' ').includes(operator)) return;
    if (advanced && indexed.split(' ').includes(operator)) return;
    throw unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${path}' of resource '${resource}'.`,
    );
  };
  const visit = (node: Filter): void => {
    switch (node.kind) {
      case 'and':
      case 'or':
        visit(node.left);
        visit(node.right);
        return;
      case 'not':
        if (!advanced) throw unsupportedQuery("The query operator 'not' is not supported.");
        visit(node.operand);
        return;
      case 'any':
        visit(node.body);
        return;
      case 'in':
        check(node.path, 'in');
        return;
      default:
        check(node.path, node.op);
    }
  };
  visit(filter);
}

/** Whether one item passes. Text is compared without regard to case, as directories do. */
export function passes(filter: Filter, resolve: Resolve): boolean {
  switch (filter.kind) {
    case 'and':
      return passes(filter.left, resolve) && passes(filter.right, resolve);
    case 'or':
      return passes(filter.left, resolve) || passes(filter.right, resolve);
    case 'not':
      return !passes(filter.operand, resolve);
    case 'any':
      return anyPasses(filter.path, filter.body, resolve);
    case 'in':
      return filter.values.some((value) => compared(resolve(filter.path), value) === 0);
    case 'text':
      return textPasses(filter.op, resolve(filter.path), filter.value);
    case 'compare': {
      const order = compared(resolve(filter.path), filter.value);
      if (filter.op === 'eq') return order === 0;
      if (filter.op === 'ne') return order !== 0;
      if (order === null) return false;
      if (filter.op === 'ge') return order >= 0;
      if (filter.op === 'le') return order <= 0;
      return filter.op === 'gt' ? order > 0 : order < 0;
    }
  }
}

function anyPasses(path: string, body: Filter, resolve: Resolve): boolean {
  const elements = resolve(path);
  if (!Array.isArray(elements)) return false;
  return elements.some((element: Json) =>
    passes(body, (inner) => {
      if (inner === path) return element;
      const name = inner.slice(path.length + 1);
      return (element as Readonly<Record<string, Json>>)[name];
    }),
  );
}

function textPasses(op: string, actual: Json | undefined, wanted: string): boolean {
  if (typeof actual !== 'string') return false;
  const [text, part] = [actual.toLowerCase(), wanted.toLowerCase()];
  if (op === 'startswith') return text.startsWith(part);
  return op === 'endswith' ? text.endsWith(part) : text.includes(part);
}

/** Negative, 0 or positive as in sorting; null when the two cannot be compared. */
function compared(actual: Json | undefined, wanted: Literal): number | null {
  if (actual === undefined || actual === null) return wanted === null ? 0 : null;
  if (wanted === null) return null;
  if (typeof actual === 'string' && typeof wanted === 'string') {
    if (isInstant(actual) && isInstant(wanted)) return instant(actual) - instant(wanted);
    const [one, other] = [actual.toLowerCase(), wanted.toLowerCase()];
    return one < other ? -1 : Number(one > other);
  }
  if (actual === wanted) return 0;
  return typeof actual === 'number' && typeof wanted === 'number' ? actual - wanted : null;
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text);
}

/** Milliseconds with the ticks below them as a fraction, so that equality is exact to 100 ns. */
function instant(text: string): number {
  const fraction = /\.\d{3}(\d{1,4})/.exec(text)?.[1] ?? '';
  const ticks = Number(fraction.padEnd(4, '0'));
  return Date.parse(text.replace(/(\.\d{3})\d+/, '$1')) + ticks / 10_000;
}
