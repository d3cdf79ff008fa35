import type { DirectoryObject, Json } from './model.js';

/** A membership rule that can be applied to a user, and the properties it looks at. */
export interface MembershipRule {
  readonly properties: ReadonlySet<string>;
  readonly matches: (user: DirectoryObject) => boolean;
}

export class RuleError extends Error {}

type Test = (user: DirectoryObject) => boolean;

const clause = /^user\.(\w+)\s+-(eq|ne|startsWith|contains)\s+("[^"]*"|true|false|null)$/i;

/**
 * Understands clauses `user.property -eq|-ne|-startsWith|-contains value`, joined by `-and` (binds
 * tighter) and `-or`, with brackets around a clause. Anything else throws {@link RuleError}.
 */
export function parseRule(text: string): MembershipRule {
  const properties = new Set<string>();
  const alternatives = text
    .split(/\s+-or\s+/i)
    .map((alternative) => alternative.split(/\s+-and\s+/i).map((part) => test(part, properties)));
  return {
    properties,
    matches: (user) => alternatives.some((tests) => tests.every((one) => one(user))),
  };
}

function test(part: string, properties: Set<string>): Test {
  const match = clause.exec(part.trim().replace(/^\(+\s*|\s*\)+$/g, ''));
  if (match === null) throw new RuleError(`Invalid operators found in rule text: ${part.trim()}`);
  const [, property, operator, literal] = match as unknown as [string, string, string, string];
  properties.add(property);
  const wanted = valueOf(literal);
  return (user) => compare(operator.toLowerCase(), user.properties[property] ?? null, wanted);
}

function compare(operator: string, actual: Json, wanted: Json): boolean {
  if (operator === 'eq') return folded(actual) === folded(wanted);
  if (operator === 'ne') return folded(actual) !== folded(wanted);
  const [text, part] = [folded(actual), folded(wanted)];
  if (typeof text !== 'string' || typeof part !== 'string') return false;
  return operator === 'contains' ? text.includes(part) : text.startsWith(part);
}

function folded(value: Json): Json {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function valueOf(literal: string): Json {
  if (literal.startsWith('"')) return literal.slice(1, -1);
  if (literal === 'null') return null;
  return literal.toLowerCase() === 'true';
}
