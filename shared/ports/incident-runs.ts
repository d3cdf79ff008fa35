/** Running playbooks, as the doors see them. */
export interface IncidentRuns {
  /** Starts the playbook for this incident; `already` when an instance with this id exists, in any state. */
  start(incidentId: string): Promise<'started' | 'already'>;
  /** Starts the undo of a closed incident, as a run of its own; once, like the playbook. */
  startUndo(incidentId: string): Promise<'started' | 'already'>;
  /**
   * Starts one run, by its number, of the check of the plan against the recovery point; once. `already`: it
   * is at work. `over`: it has ended, in whatever way.
   */
  startPointCheck(incidentId: string, run: number): Promise<'started' | 'already' | 'over'>;
  exists(incidentId: string): Promise<boolean>;
  /**
   * Wakes a run by its id, the incident's or the undo's: the event carries no authority, the run reads
   * the store. Ended runs are ignored.
   */
  wake(incidentId: string, event: WakeEvent, eventId: string): Promise<void>;
}

export type WakeEvent =
  | 'approvalDecided'
  | 'actorsNamed'
  | 'marksChanged'
  | 'scopeExtended'
  | 'sessionLent'
  | 'planRevised';
