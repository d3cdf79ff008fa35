import type { KqlColumn, KqlTable } from './model.js';
import { compileScalar } from './scalar.js';
import type { Context, Relation, Row, Scope } from './scope.js';
import { ingestionColumn, semantic, visible } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { items, need } from './syntax.js';
import { parseDatetime } from './time.js';
import { convert, decoder } from './values.js';

/** The rows of a stored table, within the request's timespan on `TimeGenerated`. */
export function scan(name: string, table: KqlTable, context: Context): Relation {
  const decoders = table.columns.map(({ type }) => decoder(type));
  const time = table.columns.findIndex(
    (column) => column.name === 'TimeGenerated' && column.type === 'datetime',
  );
  const { from, to } = context.timespan;
  const limited = time >= 0 && (from !== null || to !== null);
  const ingestedAt = context.wantsIngestionTime ? table.ingestedAt : undefined;
  const columns: KqlColumn[] = table.columns.map((column) => ({ ...column }));
  if (context.wantsIngestionTime) columns.push({ name: ingestionColumn, type: 'datetime' });
  return {
    columns,
    source: name,
    *open(): Generator<Row> {
      const width = decoders.length;
      for (let index = 0; index < table.rows.length; index++) {
        const cells = table.rows[index] as Row;
        const row = new Array<unknown>(width);
        if (limited) {
          const at = decoders[time]?.(cells[time]) as number | null;
          if (at === null || (from !== null && at < from) || (to !== null && at > to)) continue;
        }
        for (let at = 0; at < width; at++) {
          row[at] = (decoders[at] as (cell: unknown) => unknown)(cells[at]);
        }
        if (context.wantsIngestionTime) {
          const text = ingestedAt?.(index);
          row.push(text === undefined ? null : parseDatetime(text));
        }
        yield row;
      }
    },
  };
}

/** `datatable(name:type, ...)[value, ...]`. */
export function compileDataTable(node: SyntaxNode, scope: Scope): Relation {
  const columns = (node.columns ?? []).map((column) => ({ ...column }));
  if (columns.length === 0) throw semantic('A datatable needs columns', node);
  const values = items(node, 'Values').map((value, index) => {
    const scalar = compileScalar(value, { ...scope, columns: [] });
    const type = columns[index % columns.length]?.type ?? 'dynamic';
    return convert(scalar.eval([]), scalar.type, type);
  });
  if (values.length % columns.length !== 0) {
    throw semantic('The number of values in a datatable must fill its rows', node);
  }
  const rows: Row[] = [];
  for (let at = 0; at < values.length; at += columns.length) {
    rows.push(values.slice(at, at + columns.length));
  }
  return { columns, open: () => rows };
}

/** `range name from a to b step c`; both ends included. */
export function compileRange(node: SyntaxNode, scope: Scope): Relation {
  const [from, to, step] = ['From', 'To', 'Step'].map((role) =>
    compileScalar(need(node, role), { ...scope, columns: [] }),
  );
  const column = need(node, 'Name').name;
  const first = from?.eval([]) as number | null;
  const last = to?.eval([]) as number | null;
  const by = step?.eval([]) as number | null;
  const columns = [{ name: column, type: node.columns?.[0]?.type ?? from?.type ?? 'long' }];
  return {
    columns,
    serialized: true,
    *open(): Generator<Row> {
      if (first === null || last === null || by === null || by === 0) return;
      for (let index = 0; ; index++) {
        const value = first + index * by;
        if (by > 0 ? value > last : value < last) return;
        yield [value];
      }
    },
  };
}

/** `print a, b=c`: one row. */
export function compilePrint(node: SyntaxNode, scope: Scope): Relation {
  const scalars = items(node, 'Expressions').map((expression) =>
    compileScalar(expression, { ...scope, columns: [] }),
  );
  const columns = scalars.map(({ type }, index) => ({
    name: node.columns?.[index]?.name ?? `print_${index}`,
    type,
  }));
  return { columns, serialized: true, open: () => [scalars.map((scalar) => scalar.eval([]))] };
}

/** Computes the rows once; later passes reuse them. */
export function keep(relation: Relation): Relation {
  let rows: readonly Row[] | undefined;
  return { ...relation, open: () => (rows ??= [...relation.open()]) };
}

/** The relation with its hidden columns left out. */
export function withoutHidden(relation: Relation): Relation {
  const columns = visible(relation.columns);
  if (columns.length === relation.columns.length) return relation;
  const kept = relation.columns.flatMap(({ name }, index) =>
    name === ingestionColumn ? [] : [index],
  );
  return {
    ...relation,
    columns,
    *open(): Generator<Row> {
      for (const row of relation.open()) yield kept.map((index) => row[index]);
    },
  };
}
