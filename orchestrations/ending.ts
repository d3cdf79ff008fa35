import type { Outcome } from '../shared/domain/incident/incident.js';
import { Refused, type Step } from './durable.js';

/** How the playbook ended, and why in one sentence for people. */
export interface Ending {
  readonly outcome: Outcome;
  readonly why: string;
}

/** A refusal that no step could turn into a decision ends a run honestly instead of hanging it. */
export function* toItsEnd(steps: Step<Ending>): Step<Ending> {
  try {
    return yield* steps;
  } catch (error) {
    if (error instanceof Refused)
      return { outcome: 'failed', why: `${error.code}: ${error.message}` };
    if (error instanceof Error) return { outcome: 'failed', why: firstLine(error.message) };
    throw error;
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
