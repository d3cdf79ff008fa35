import { HostError } from '../host/host-error.js';
import { type Inspection, openInspection } from '../host/inspection.js';
import { cleaned } from '../commands/steps-view.js';
import { CommandFailed } from '../commands/usage.js';

/** Looks at the state in a folder. Throws CommandFailed when there is none that can be read. */
export function inspecting<T>(folder: string, look: (state: Inspection) => T): T {
  let state: Inspection;
  try {
    state = openInspection(folder);
  } catch (error) {
    if (error instanceof HostError) throw new CommandFailed(error.message);
    throw error;
  }
  try {
    return look(state);
  } finally {
    state.close();
  }
}

/** Forms in which keys and tokens travel; an app may have put one into a value. */
const secrets = [
  /([?&](?:code|sig|key|token)=)[^&"\s]+/gi,
  /(\bBearer\s+)[\w.~+/=-]+/gi,
  /()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /("[^"]*(?:secret|password|token|apikey|api_key)[^"]*"\s*:\s*")[^"]*/gi,
];

/** A stored text for people: secrets hidden, nothing that moves the cursor, cut to a length. */
export function shown(text: string, most: number): string {
  const safe = cleaned(secrets.reduce((left, form) => left.replace(form, '$1…'), text));
  return safe.length > most ? `${safe.slice(0, most - 1)}…` : safe;
}

/** Rows as columns as wide as their widest cell; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
