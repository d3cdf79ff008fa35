import { expandOperators } from './expand.js';
import { joinOperators } from './join.js';
import { columnOperators } from './operators-columns.js';
import { rowOperators } from './operators-rows.js';
import { parseOperators } from './parse.js';
import { compileScalar } from './scalar.js';
import type { Operator, Relation, Scope } from './scope.js';
import { semantic, unsupported } from './scope.js';
import { compileDataTable, compilePrint, compileRange, keep, scan } from './sources.js';
import { summarizeOperators } from './summarize.js';
import type { SyntaxNode } from './syntax.js';
import { bare, need } from './syntax.js';
import { compileUnion, unionOperators } from './union.js';
import { bindArguments } from './user-functions.js';

const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...columnOperators,
    ...expandOperators,
    ...joinOperators,
    ...parseOperators,
    ...rowOperators,
    ...summarizeOperators,
    ...unionOperators,
  }),
);

/** Compiles a tabular expression; nothing is read before the relation is opened. */
export function compileTable(expression: SyntaxNode, outer: Scope): Relation {
  const node = bare(expression);
  // What surrounds a subquery (aggregates being collected, a window) ends at its border.
  const { aggregate: _, window: __, ...scope } = outer;
  switch (node.kind) {
    case 'PipeExpression':
      return compilePipe(node, scope);
    case 'NameReference':
      return compileTableName(node, scope);
    case 'FunctionCallExpression':
      return compileFunction(node, scope);
    case 'DataTableExpression':
      return compileDataTable(node, scope);
    case 'MaterializeExpression':
      return compileMaterialized(node, scope);
    case 'PrintOperator':
      return compilePrint(node, scope);
    case 'RangeOperator':
      return compileRange(node, scope);
    case 'UnionOperator':
      return compileUnion(node, scope, scope.input);
    default:
      // A subquery may start with an operator: it applies to the implicit input.
      if (scope.input !== undefined) return applyOperator(scope.input, node, scope);
      throw unsupported(describe(node), node);
  }
}

function compilePipe(node: SyntaxNode, scope: Scope): Relation {
  const input = compileTable(need(node, 'Expression'), scope);
  const operator = need(node, 'Operator');
  if (operator.kind !== 'InvokeOperator') return applyOperator(input, operator, scope);
  return compileFunction(need(operator, 'Function'), scope, input);
}

function applyOperator(input: Relation, node: SyntaxNode, scope: Scope): Relation {
  const operator = operators.get(node.kind);
  if (operator === undefined) throw unsupported(describe(node), node);
  const { input: _, ...inner } = scope;
  return operator(input, node, { ...inner, columns: [] });
}

/** `EvaluateOperator` as people know it: "Operator 'evaluate'". */
export function describe(node: SyntaxNode): string {
  const word = node.children.find((child) => child.kind.endsWith('Keyword'))?.text;
  return word === undefined ? node.kind : `Operator '${word}'`;
}

function compileTableName(node: SyntaxNode, scope: Scope): Relation {
  const { name, symbol } = node;
  if (name.includes('*')) throw unsupported('A wildcard of tables', node);
  const table = Object.hasOwn(scope.context.database, name)
    ? scope.context.database[name]
    : undefined;
  if (symbol?.kind === 'Table' && table !== undefined) return scan(name, table, scope.context);
  const bound = scope.env.find(name);
  if (bound?.kind === 'table') return bound.relation();
  if (bound?.kind === 'function') return compileFunction(node, scope);
  if (table !== undefined) return scan(name, table, scope.context);
  throw semantic(`The name '${name}' does not refer to any known table`, node);
}

function compileFunction(node: SyntaxNode, scope: Scope, piped?: Relation): Relation {
  const name = node.kind === 'NameReference' ? node.name : need(node, 'Name').name;
  const bound = scope.env.find(name);
  if (bound?.kind !== 'function') throw unsupported(`Function '${name}'`, node);
  const input = piped === undefined ? undefined : { kind: 'table' as const, relation: () => piped };
  const { env, body } = bindArguments(node, bound, scope, compileScalar, input);
  const { input: _, ...inner } = scope;
  return compileTable(body, { ...inner, env, columns: [] });
}

function compileMaterialized(node: SyntaxNode, scope: Scope): Relation {
  const { materialized } = scope.context;
  let relation = materialized.get(node);
  if (relation === undefined) {
    relation = keep(compileTable(need(node, 'Expression'), scope));
    materialized.set(node, relation);
  }
  return relation;
}
