import type { Stage } from './scenario.js';

/** Who does something, in the words of the acts. */
export type Doer = 'actor' | 'other' | 'hr';

/**
 * One thing that somebody does at a moment, drawn before anything is played, so that the same incident
 * can be told with and without its actor.
 */
export interface Act {
  readonly at: number;
  readonly by: Doer;
  readonly what: string;
  readonly objectId: string;
  readonly run: (at: number) => void;
}

/** What acts are drawn from. People whom the actor deletes are in `toDelete` only. */
export interface ActStage extends Stage {
  readonly damaged: readonly string[];
  readonly toDelete: readonly string[];
  readonly bystanders: readonly string[];
  readonly from: number;
  readonly to: number;
}
