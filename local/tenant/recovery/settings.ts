import { documentedDurations, type Durations } from './durations.js';

/** What public material leaves open or lets vary, and what can be made to go wrong. */
export interface RecoverySettings {
  durations: Durations;
  /** Form of the ids, base64 of either (backup fact sheet 5.2). */
  snapshotIds: 'unixSeconds' | 'iso8601';
  /** One live tenant answered 404 for snapshots that it had just listed. */
  getSnapshot: 'found' | 'notFound';
  /** Whether more than 100 ids are refused; documented for the admin center only. */
  hundredIds: 'refuse' | 'accept';
  /** Ids of objects whose change fails, with the message. */
  failChanges: Readonly<Record<string, string>>;
  /** How many of the next jobs end as `failed`, a recovery halfway through its writing. */
  failJobs: number;
}

export function defaultRecoverySettings(): RecoverySettings {
  return {
    durations: documentedDurations,
    snapshotIds: 'unixSeconds',
    getSnapshot: 'found',
    hundredIds: 'refuse',
    failChanges: {},
    failJobs: 0,
  };
}
