import type { Tracing } from './tracing.js';

/**
 * Where the product's own lines go: stderr, which every host collects. For programs one JSON object a
 * line, with the incident that was worked on; for a person at a terminal the words alone.
 */
export function createProductLog(
  tracing: Pick<Tracing, 'incidentId'>,
  out: { readonly isTTY?: boolean; write(text: string): unknown } = process.stderr,
): (line: string) => void {
  return (line) => {
    const incidentId = tracing.incidentId();
    const entry = {
      at: new Date().toISOString(),
      level: 'warning',
      category: 'entra-rewind',
      ...(incidentId !== null && { incidentId }),
      message: line,
    };
    out.write(`${out.isTTY ? line : JSON.stringify(entry)}\n`);
  };
}
