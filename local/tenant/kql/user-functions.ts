import type { Binding, Scalar, Scope } from './scope.js';
import { Env, constant, derive, semantic, unsupported } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { bare, callArguments, items, need, part } from './syntax.js';
import { asKqlType } from './model.js';
import { convert } from './values.js';

type CompileScalar = (node: SyntaxNode, scope: Scope) => Scalar;

export interface BoundCall {
  readonly env: Env;
  /** The function's result expression, bound to this call's argument types. */
  readonly body: SyntaxNode;
}

/**
 * Binds the arguments of a call of a let function (by position, by name, by default) and evaluates
 * the let statements of its body. `piped` is the input of an `invoke`.
 */
export function bindArguments(
  call: SyntaxNode,
  bound: Binding & { kind: 'function' },
  scope: Scope,
  compileScalar: CompileScalar,
  piped?: Binding,
): BoundCall {
  const env = new Env(bound.env);
  const supplied = callArguments(call);
  const positional: (SyntaxNode | Binding)[] = piped === undefined ? [] : [piped];
  const byName = new Map<string, SyntaxNode>();
  for (const argument of supplied) {
    if (argument.kind === 'SimpleNamedExpression') {
      byName.set(need(argument, 'Name').name, need(argument, 'Expression'));
    } else positional.push(argument);
  }
  items(need(bound.declaration, 'Parameters'), 'Parameters').forEach((parameter, index) => {
    const declared = need(parameter, 'NameAndType');
    const name = need(declared, 'Name').name;
    const standard = part(parameter, 'DefaultValue');
    const argument =
      positional[index] ??
      byName.get(name) ??
      (standard === undefined ? undefined : need(standard, 'Value'));
    if (argument === undefined) throw semantic(`Argument '${name}' is missing`, call);
    const typeNode = need(declared, 'Type');
    if (!('role' in argument)) env.bind(name, argument);
    else if (typeNode.kind === 'SchemaTypeExpression') {
      env.bind(name, tableBinding(argument, scope));
    } else env.bind(name, scalarBinding(argument, typeNode, scope, compileScalar));
  });
  const body = call.body ?? need(bound.declaration, 'Body');
  for (const statement of items(body, 'Statements')) {
    bindStatement(statement, { ...scope, columns: [], env }, compileScalar, false);
  }
  return { env, body: need(body, 'Expression') };
}

function scalarBinding(
  argument: SyntaxNode,
  typeNode: SyntaxNode,
  scope: Scope,
  compileScalar: CompileScalar,
): Binding {
  const value = compileScalar(argument, scope);
  const type = asKqlType(typeNode.symbol?.name);
  const read: Scalar =
    value.type === type
      ? value
      : derive(type, [value], (row) => convert(value.eval(row), value.type, type));
  return { kind: 'scalar', value: read };
}

function tableBinding(node: SyntaxNode, scope: Scope): Binding {
  return {
    kind: 'table',
    relation: () => scope.context.compileTable(bare(node), { ...scope, columns: [] }),
  };
}

/**
 * Makes the name of a let statement known in the scope's environment. `once`: a scalar has one value
 * throughout the query; not so in a function's body, where it may depend on the arguments of a row.
 */
export function bindStatement(
  statement: SyntaxNode,
  scope: Scope,
  compileScalar: CompileScalar,
  once = true,
): void {
  if (statement.kind !== 'LetStatement') throw unsupported(statement.kind, statement);
  const name = need(statement, 'Name').name;
  const expression = bare(need(statement, 'Expression'));
  const closed = { ...scope, env: new Env(scope.env) };
  if (expression.kind === 'FunctionDeclaration') {
    scope.env.bind(name, { kind: 'function', declaration: expression, env: closed.env });
  } else if (expression.columns !== undefined) {
    scope.env.bind(name, tableBinding(expression, closed));
  } else {
    const value = compileScalar(expression, closed);
    scope.env.bind(name, {
      kind: 'scalar',
      value: once ? constant(value.type, value.eval([])) : value,
    });
  }
}
