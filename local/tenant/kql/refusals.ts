import { KqlError } from './model.js';
import type { SyntaxNode } from './syntax.js';
import { items } from './syntax.js';

const crossWorkspace = new Set([
  'workspace',
  'app',
  'resource',
  'adx',
  'arg',
  'cluster',
  'database',
]);

const refusedKinds: ReadonlyMap<string, string> = new Map([
  ['ExternalDataExpression', "Operator 'externaldata'"],
  ['InlineExternalTableExpression', 'An inline external table'],
  ['EvaluateOperator', "Operator 'evaluate'"],
  ['SearchOperator', "Operator 'search'"],
  ['FindOperator', "Operator 'find'"],
  ['AliasStatement', "Statement 'alias'"],
  ['RestrictStatement', "Statement 'restrict'"],
  ['PatternStatement', "Statement 'declare pattern'"],
  ['QueryParametersStatement', "Statement 'declare query_parameters'"],
]);

/**
 * Throws for constructs that this workspace refuses whatever they say: data from outside, plug-ins,
 * other workspaces, management commands, several queries in one request.
 */
export function refuse(kind: string, tree: SyntaxNode): void {
  if (kind === 'Command')
    throw new KqlError('unsupported', 'Management commands are not supported', 0);
  walk(tree);
  const queries = items(tree, 'Statements').filter((node) => node.kind === 'ExpressionStatement');
  const second = queries[1];
  if (second !== undefined) {
    throw new KqlError(
      'unsupported',
      'Several queries in one request are not supported',
      second.start,
    );
  }
}

function walk(node: SyntaxNode): void {
  const refused = refusedKinds.get(node.kind);
  if (refused !== undefined) {
    throw new KqlError('unsupported', `${refused} is not supported by this workspace`, node.start);
  }
  if (node.kind === 'FunctionCallExpression') {
    const name = node.children.find((child) => child.role === 'Name')?.name ?? '';
    if (crossWorkspace.has(name.toLowerCase())) {
      throw new KqlError(
        'unsupported',
        `Function '${name}' reaches outside this workspace, which is not supported`,
        node.start,
      );
    }
  }
  node.children.forEach(walk);
}
