import type { HttpRequest, InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Code, Issue } from '../../shared/errors.js';
import type { DoorServices } from './services.js';

/** What a door answers when nothing went wrong. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with its type. */
  readonly content?: { readonly type: string; readonly body: string | Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is known when access is decided: the body's bytes, none of them understood yet. */
export interface Knock {
  readonly request: HttpRequest;
  readonly services: DoorServices;
  readonly bytes: Uint8Array;
  /** To the host's log; never anything the caller sent. */
  readonly warn: (line: string) => void;
}

/** Who may pass. `admit` throws UNAUTHENTICATED or NOT_PERMITTED and returns who knocked. */
export interface Access<C> {
  /** Named in the API description. */
  readonly describe: string;
  readonly security: readonly string[];
  readonly admit: (knock: Knock) => Promise<C>;
  /** The person's id, when it is a person: people have a rate limit, machines have none. */
  readonly personOf: (caller: C) => string | null;
}

export interface Visit<C, I, B, Q> {
  readonly request: HttpRequest;
  readonly context: InvocationContext;
  readonly services: DoorServices;
  readonly caller: C;
  readonly incident: I;
  readonly body: B;
  readonly query: Q;
}

/** One route with everything that is checked before its handler runs, and what it can answer. */
export interface Door<C = unknown, I = unknown, B = unknown, Q = unknown> {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly authLevel: 'anonymous' | 'function';
  readonly summary: string;
  readonly access: Access<C>;
  /** The route names an incident, which must exist. */
  readonly ofIncident: boolean;
  readonly body?: z.ZodType<B>;
  /** Described in place of `body`, where the handler reads more tolerantly than a schema can say. */
  readonly bodyDoc?: z.ZodType;
  /** An absent body stands for `{}`. */
  readonly bodyOptional?: boolean;
  readonly query?: z.ZodType<Q>;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  readonly handle: (visit: Visit<C, I, B, Q>) => Promise<Answer>;
  /** Doors whose failures have a form of their own; null leaves it to problem+json. */
  readonly refuse?: (problem: Problem) => Answer | null;
}

/** A failure as the caller may know it: nothing of an unexpected one. */
export interface Problem {
  readonly status: number;
  readonly code: Code;
  readonly detail: string;
  readonly errors: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface AnswerDoc {
  readonly description: string;
  /** Of the body; `application/json` when absent. */
  readonly type?: string;
  /** Other types the same answer may have instead, by what the caller asks for. */
  readonly otherTypes?: readonly string[];
  readonly schema?: z.ZodType;
}

type Parts<C, I, B, Q> = Omit<Door<C, I, B, Q>, 'authLevel' | 'ofIncident'>;

/** A door without an incident in its route. */
export const door = <C, B = undefined, Q = undefined>(parts: Parts<C, null, B, Q>): Door =>
  ({ authLevel: 'anonymous', ofIncident: false, ...parts }) as unknown as Door;

/** A door below `incidents/{id}`. */
export const incidentDoor = <C, B = undefined, Q = undefined>(
  parts: Parts<C, Incident, B, Q>,
): Door => ({ authLevel: 'anonymous', ofIncident: true, ...parts }) as unknown as Door;
