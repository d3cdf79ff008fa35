import type { Person } from '../domain/identities.js';

/** Delegated rights that an operator lent to one incident. The token itself never leaves the adapter. */
export interface LentSession {
  readonly by: Person;
  /** Until when jobs can be started without asking again; ISO 8601. */
  readonly expiresAt: string;
}

/** `stepUp`: the authority asks the person to sign in more strongly; `claims` says how, as it is to be sent. */
export type Lending =
  | { readonly ok: true; readonly session: LentSession }
  | { readonly ok: false; readonly why: 'stepUp'; readonly claims: string }
  | { readonly ok: false; readonly why: 'refused'; readonly message: string };

export interface OperatorSessions {
  /** Null when this deployment can hold sessions; otherwise why not, for people. */
  readonly unavailable: string | null;
  /** Exchanges the person's verified token for rights on the recovery service, for this incident only. */
  lend(incidentId: string, by: Person, authorization: string): Promise<Lending>;
  /** The session of the incident, renewed when it is about to end and can be; null when there is none. */
  current(incidentId: string): Promise<LentSession | null>;
  /** Forgets the session, if there is one. */
  end(incidentId: string): Promise<void>;
}
