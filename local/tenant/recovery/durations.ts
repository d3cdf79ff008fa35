import { hour, minute, second } from '../directory/instants.js';

/** How long the service takes for what, in milliseconds of an unhurried tenant. */
export interface Durations {
  /** From acceptance to the first step. Invented. */
  readonly accept: number;
  /** First use of a snapshot; null: by the size of the tenant (backup fact sheet 5.8). */
  readonly load: number | null;
  /** The least that a comparison takes. Invented. */
  readonly compareAtLeast: number;
  readonly comparePerChange: number;
  /** The least that writing takes. Invented. */
  readonly writeAtLeast: number;
  readonly writePerChange: number;
  /** From a cancel to `abandoned`; work goes on meanwhile (fact sheet 5.1). Invented. */
  readonly cancel: number;
}

/** The documented planning figures: 100,000 changes compared in 45 min, 500,000 written in 30 h. */
export const documentedDurations: Durations = {
  accept: 10 * second,
  load: null,
  compareAtLeast: minute,
  comparePerChange: (45 * minute) / 100_000,
  writeAtLeast: minute,
  writePerChange: (30 * hour) / 500_000,
  cancel: 30 * second,
};

/** Upper figures by tenant size; small tenants wait as long as the first row says. */
export function loadTime(durations: Durations, objects: number): number {
  if (durations.load !== null) return durations.load;
  if (objects <= 50_000) return hour;
  if (objects <= 300_000) return 1.5 * hour;
  return objects <= 1_000_000 ? 2 * hour : 2.5 * hour;
}

export function compareTime(durations: Durations, changes: number): number {
  return Math.max(durations.compareAtLeast, durations.comparePerChange * changes);
}

export function writeTime(durations: Durations, changes: number): number {
  return Math.max(durations.writeAtLeast, durations.writePerChange * changes);
}
