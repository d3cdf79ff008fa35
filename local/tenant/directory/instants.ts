/** Milliseconds as the second-precision text that Graph gives most dates. */
export function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds and the ticks (100 ns) below them as the seven-digit text of audit rows. */
export function isoTicks(at: number, ticks = 0): string {
  return `${new Date(Math.floor(at)).toISOString().slice(0, 23)}${String(ticks).padStart(4, '0')}Z`;
}

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
