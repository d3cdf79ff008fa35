import type { ActivityOutput } from '../../shared/contracts/catalogue.js';
import type { Window } from '../../shared/domain/incident/incident.js';

type Sweep = ActivityOutput<'closeSweep'>;

/** What step 2 leaves to the steps after it. */
export interface SettledScope {
  readonly kind: 'settled';
  /** What was swept: the reported window, the time before it, and everything since. */
  readonly window: Window;
  /** The incident's own window, as the last sweep knew it. */
  readonly reported: Window;
  readonly sweep: Sweep;
  readonly sweeps: number;
  /** Time of the first bad change; the recovery point lies strictly before it. */
  readonly firstChangeAt: string;
}
