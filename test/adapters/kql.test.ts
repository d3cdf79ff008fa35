import { bind } from '../../local/tenant/kql/language.js';
import type { SyntaxNode } from '../../local/tenant/kql/syntax.js';
import { auditLogsColumns } from '../../local/tenant/logs/audit-logs-table.js';
import { columnsOf } from '../../local/tenant/logs/ingested-table.js';
import * as kql from '../../shared/adapters/logs/kql.js';
import type { Window } from '../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../shared/domain/identities.js';

const actors: ActorRef[] = [
  { kind: 'user', id: 'AAAAAAAA-2222-4333-8444-555555555555', name: "x' or true //" },
  { kind: 'servicePrincipal', id: 'bbbbbbbb-2222-4333-8444-555555555555', name: '"; evaluate' },
];
const ids = actors.map(({ id }) => id);
const window: Window = { from: '2026-11-20T14:00:00.1234567Z', to: '2026-11-20T15:00:00Z' };

const queries: [string, string][] = [
  ['writes', kql.writesQuery(actors, window)],
  ['histories', kql.historiesQuery(actors, window, window)],
  ['object events', kql.objectEventsQuery(ids, window)],
  ['writers', kql.writersQuery(window, 20)],
  ['writers on objects', kql.writersQuery(window, 20, ids)],
  ['delay', kql.delayQuery],
  ['sign-ins', kql.signInsQuery(ids, window.from)],
  ['a count by minute', kql.countingByMinute(kql.writesQuery(actors, window))],
];

/** What a query of ours may consist of, beside names and literals. */
const allowedOperators = new Set([
  'DistinctOperator',
  'ExtendOperator',
  'FilterOperator',
  'MvExpandOperator',
  'ProjectOperator',
  'SortOperator',
  'SummarizeOperator',
  'TopOperator',
  'UnionOperator',
]);

describe('queries for Log Analytics', () => {
  it.each(queries)(
    '%s is one statement of allowed operators that the official parser accepts',
    (_what, query) => {
      const { errors, kinds } = analyse(query);

      expect(errors).toEqual([]);
      expect(kinds.filter((kind) => kind === 'ExpressionStatement')).toHaveLength(1);
      const operators = kinds.filter((kind) => kind.endsWith('Operator'));
      expect(operators.filter((kind) => !allowedOperators.has(kind))).toEqual([]);
      expect(
        kinds.some((kind) => /ExternalData|Evaluate|Command|Directive|SetOption/.test(kind)),
      ).toBe(false);
    },
  );

  it('nothing of an actor but its id is in a query', () => {
    for (const [, query] of queries) expect(query).not.toMatch(/true \/\/|evaluate/);
  });

  it.each([
    '',
    'not-a-guid',
    'aaaaaaaa-2222-4333-8444-555555555555") or true //',
    "aaaaaaaa-2222-4333-8444-555555555555' | union X",
    'aaaaaaaa-2222-4333-8444-55555555555\n5',
  ])('the id %j never becomes part of one', (id) => {
    expect(() => kql.objectEventsQuery([id], window)).toThrow(/unusable value/);
    expect(() => kql.writesQuery([{ kind: 'user', id, name: 'x' }], window)).toThrow(
      /unusable value/,
    );
    expect(() => kql.signInsQuery([id], window.from)).toThrow(/unusable value/);
  });

  it.each([
    '',
    'yesterday',
    '2026-11-20',
    '2026-11-20T14:00:00+01:00',
    '2026-11-20T14:00:00Z) or (true',
    '2026-13-40T14:00:00Z',
  ])('the time %j never becomes part of one', (time) => {
    expect(() => kql.objectEventsQuery(ids, { ...window, from: time })).toThrow(/unusable value/);
    expect(() => kql.signInsQuery(ids, time)).toThrow(/unusable value/);
  });

  it.each([0, -1, 1.5, Number.NaN, 1e9])('the limit %d never becomes part of one', (limit) => {
    expect(() => kql.writersQuery(window, limit)).toThrow(/unusable value/);
  });

  it('no ids at all is a mistake, never a query about everything', () => {
    expect(() => kql.objectEventsQuery([], window)).toThrow(/unusable value/);
    expect(() => kql.writesQuery([], window)).toThrow(/unusable value/);
  });
});

/** Parses and binds with Microsoft's own parser (graph fact sheet F.1) against the tables' schemas. */
function analyse(query: string): { errors: string[]; kinds: string[] } {
  const { errors, tree } = bind(query, schema);
  const kinds: string[] = [];
  const visit = (node: SyntaxNode): void => {
    kinds.push(node.kind);
    node.children.forEach(visit);
  };
  visit(tree);
  return { errors: errors.map(({ message }) => message), kinds };
}

const signIns = 'TimeGenerated:datetime UserId:string ResultType:string';
const schema = new Map([
  ['AuditLogs', auditLogsColumns],
  ['SigninLogs', columnsOf(signIns)],
  ['AADNonInteractiveUserSignInLogs', columnsOf(signIns)],
]);
