import type { Window } from '../../domain/incident/incident.js';
import { RewindError } from '../../errors.js';

export interface MinuteCount {
  /** Start of the minute, milliseconds UTC. */
  readonly at: number;
  readonly rows: number;
}

const minuteMs = 60_000;
const shortestSliceMs = 1000;

/**
 * Cuts a window into half-open slices of whole minutes with at most `most` rows each; a fuller single
 * minute stays one slice. Together they cover every counted minute, clipped to the window.
 */
export function slicesOf(
  window: Window,
  minutes: readonly MinuteCount[],
  most: number,
): (Window & { readonly rows: number })[] {
  const slices: { from: number; to: number; rows: number }[] = [];
  for (const { at, rows } of minutes) {
    const open = slices.at(-1);
    if (open !== undefined && open.rows + rows <= most) {
      open.to = at + minuteMs;
      open.rows += rows;
    } else {
      slices.push({ from: at, to: at + minuteMs, rows });
    }
  }
  return slices.map(({ from, to, rows }) => ({
    from: from <= Date.parse(window.from) ? window.from : new Date(from).toISOString(),
    to: to >= Date.parse(window.to) ? window.to : new Date(to).toISOString(),
    rows,
  }));
}

/** The two halves of a slice; GRAPH_UNAVAILABLE when it is too short to be cut again. */
export function halves({ from, to }: Window): [Window, Window] {
  const start = Date.parse(from);
  const end = Date.parse(to);
  if (end - start <= shortestSliceMs) {
    throw new RewindError(
      'GRAPH_UNAVAILABLE',
      `the log answered only partly for one second at ${from}; the query is tried again later`,
    );
  }
  const middle = new Date(Math.floor((start + end) / 2)).toISOString();
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}
