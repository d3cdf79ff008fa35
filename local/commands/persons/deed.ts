import type { Incident } from '../../../shared/domain/incident/incident.js';
import type { Api } from '../api.js';
import type { Control } from '../control.js';
import type { ProgressView } from '../terminal.js';

/** What the drill's persons act with. */
export interface Crew {
  readonly control: Control;
  /** The product's API with this person's token. */
  readonly api: (person: string) => Api;
  readonly say: ProgressView['say'];
}

/** One thing that a person does about an incident. `again`: it had no effect yet, ask at the next look. */
export interface Deed {
  /** The same deed has the same key; it is done once. */
  readonly key: string;
  readonly does: () => Promise<'done' | 'again'>;
}

/** What a person finds to do in a state of the incident. */
export type Duty = (incident: Incident) => readonly Deed[];
