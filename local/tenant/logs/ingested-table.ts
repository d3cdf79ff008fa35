import { isoTicks } from '../directory/instants.js';
import type { KqlColumn, KqlTable } from '../kql/index.js';

type Row = readonly unknown[];

/** A row on its way: made only when it has arrived. */
interface Pending {
  readonly at: number;
  readonly make: () => Row;
}

/**
 * A table that grows as rows arrive. Rows are built once and kept, so a query pays only for what is new
 * since the last one.
 */
export class IngestedTable {
  readonly #columns: KqlColumn[];
  readonly #rows: Row[] = [];
  readonly #arrivals: number[] = [];
  readonly #table: KqlTable;
  #pending: Pending[] = [];
  #earliest = Number.POSITIVE_INFINITY;

  constructor(columns: KqlColumn[]) {
    this.#columns = columns;
    this.#table = {
      columns: this.#columns,
      rows: this.#rows,
      ingestedAt: (row) => isoTicks(this.#arrivals[row] ?? 0),
    };
  }

  /** Announces a row that arrives at an instant; `make` runs then. */
  expect(at: number, make: () => Row): void {
    this.#pending.push({ at, make });
    this.#earliest = Math.min(this.#earliest, at);
  }

  /** The table with everything that has arrived by `now`, in order of arrival. */
  upTo(now: number): KqlTable {
    if (this.#earliest <= now) this.#take(now);
    return this.#table;
  }

  #take(now: number): void {
    const due = this.#pending.filter(({ at }) => at <= now);
    this.#pending = this.#pending.filter(({ at }) => at > now);
    this.#earliest = this.#pending.reduce(
      (earliest, { at }) => Math.min(earliest, at),
      Number.POSITIVE_INFINITY,
    );
    for (const { at, make } of due.sort((one, other) => one.at - other.at)) {
      this.#rows.push(make());
      this.#arrivals.push(at);
    }
  }
}

/** Columns from text such as `TimeGenerated:datetime Id:string`. */
export function columnsOf(text: string): KqlColumn[] {
  return text
    .trim()
    .split(/\s+/)
    .map((column) => {
      const [name = '', type = ''] = column.split(':');
      return { name, type: type as KqlColumn['type'] };
    });
}
