import { minute } from '../directory/instants.js';
import { between, type Random } from '../directory/random.js';
import type { Caller } from '../exchange.js';

/** One request to Graph as the activity log keeps it. */
export interface GraphActivity {
  readonly at: number;
  readonly logsAt: number;
  readonly requestId: string;
  readonly operationId: string;
  readonly clientRequestId: string;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly caller: Caller;
  readonly durationMs: number;
}

/** What becomes the table MicrosoftGraphActivityLogs (graph fact sheet D.6). */
export class GraphActivityLog {
  readonly #random: Random;
  readonly #speed: number;
  readonly #rows: GraphActivity[] = [];

  constructor(random: Random, speed: number) {
    this.#random = random;
    this.#speed = speed;
  }

  get rows(): readonly GraphActivity[] {
    return this.#rows;
  }

  note(activity: Omit<GraphActivity, 'logsAt'>): void {
    const delay = between(this.#random, 2 * minute, 7 * minute) / this.#speed;
    this.#rows.push({ ...activity, logsAt: activity.at + delay });
  }
}
