export interface QueryLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** 500,000 rows; of the two published sizes the one that callers meet first (graph fact sheet E.1). */
export const serviceLimits: QueryLimits = { rows: 500_000, bytes: 64_000_000 };

/** Rows that fit, and the error that travels beside them when some did not. */
export function limited(
  rows: readonly (readonly unknown[])[],
  limits: QueryLimits,
): { readonly rows: readonly (readonly unknown[])[]; readonly error?: unknown } {
  let bytes = 0;
  for (let index = 0; index < rows.length; index += 1) {
    if (index >= limits.rows) {
      const message = `The results of this query exceed the set limit of ${limits.rows} records, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).`;
      return { rows: rows.slice(0, index), error: partial(message) };
    }
    bytes += sizeOf(rows[index] ?? []);
    if (bytes > limits.bytes) {
      const message = `The results of this query exceed the set limit of ${limits.bytes} bytes, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).`;
      return { rows: rows.slice(0, index), error: partial(message) };
    }
  }
  return { rows };
}

function partial(message: string): unknown {
  return {
    code: 'PartialError',
    message: 'There were some errors when processing your query.',
    details: [
      {
        code: 'EngineError',
        message: 'Something went wrong processing your query on the server.',
        innererror: { code: '-2133196797', message, severity: 2, severityName: 'Error' },
      },
    ],
  };
}

function sizeOf(row: readonly unknown[]): number {
  let size = 8;
  for (const cell of row) size += typeof cell === 'string' ? cell.length + 3 : 9;
  return size;
}
