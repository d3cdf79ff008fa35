/** One measured number; what `run` of every file `*.bench.ts` answers a list of. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly note: string;
}
