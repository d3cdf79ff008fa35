import type { Directory } from '../directory/directory.js';
import { day, isoSeconds } from '../directory/instants.js';
import type { RecoverySettings } from './settings.js';
import { snapshotRow } from './job-rows.js';

/** Retained copies (backup fact sheet 5.2). */
const kept = 7;

/** The daily snapshots: those there were when the tenant began, and one more for every day since. */
export class Snapshots {
  readonly #directory: Directory;
  #instants: readonly number[];

  /** `past` newest first. */
  constructor(directory: Directory, past: readonly number[], start: number) {
    this.#directory = directory;
    this.#instants = past;
    const [newest] = past;
    if (newest === undefined) return;
    const days = Math.floor((start - newest) / day) + 1;
    this.#takeAt(newest + days * day);
  }

  /** Newest first. */
  list(): readonly number[] {
    return this.#instants;
  }

  /** The instant of a snapshot id as it stands in a path; undefined when there is none (any more). */
  find(id: string, settings: RecoverySettings): number | undefined {
    return this.#instants.find((instant) => snapshotId(instant, settings.snapshotIds) === id);
  }

  #takeAt(instant: number): void {
    this.#directory.agenda.add(instant, () => {
      this.#instants = [instant, ...this.#instants].slice(0, kept);
      this.#directory.trail.write(snapshotRow(isoSeconds(instant)), instant);
      this.#takeAt(instant + day);
    });
  }
}

/** Opaque to callers: base64 of the Unix seconds as one live tenant had it, or of the ISO text. */
export function snapshotId(
  instant: number,
  form: RecoverySettings['snapshotIds'] = 'unixSeconds',
): string {
  const text = form === 'iso8601' ? isoSeconds(instant) : String(Math.floor(instant / 1000));
  return Buffer.from(text).toString('base64');
}
