import type { AuditEvent } from './audit.js';
import type { ActorRef } from '../identities.js';
import { compareInstants, instantKey } from '../instants.js';
import { counted } from '../words.js';
import { withoutTwins } from './policy-twins.js';
import { plainText } from './values.js';

/**
 * What an actor does to prepare an attack, or to keep a way in (safety.md, poisoned known-good state):
 * credentials, consents and app roles, directory roles, policies, owners, and objects taken out of the
 * recycle bin.
 */
export function suspicionOf(event: AuditEvent): string | null {
  if (!event.succeeded) return null;
  if (event.kind === 'restore') return 'restored an object';
  if (isPolicy(event)) return 'changed a policy';
  for (const { property } of event.changes) {
    const name = property.split('/')[0]?.toLowerCase() ?? '';
    const kind = suspicious[name];
    if (kind !== undefined) return kind;
  }
  return null;
}

const suspicious: Readonly<Record<string, string>> = {
  keyidentifiers: 'changed credentials',
  keydescription: 'changed credentials',
  credential: 'changed credentials',
  federatedidentitycredentials: 'changed credentials',
  passwordprofile: 'wrote a password',
  strongauthenticationmethod: 'changed sign-in methods',
  approleassignments: 'changed app roles',
  approleassignment: 'changed app roles',
  oauth2permissiongrants: 'changed consents',
  delegatedpermissiongrant: 'changed consents',
  directoryrole: 'changed directory roles',
  owners: 'changed owners',
};

const isPolicy = ({ objectType, kind }: AuditEvent): boolean =>
  kind !== 'other' && (/policy$/i.test(objectType) || objectType === 'namedLocation');

/** Gathers, row by row, what the actors did before what is to be put back; holds examples, not rows. */
export class EarlierDeeds {
  readonly #recoveryPointAt: string | null;
  readonly #inScope: ReadonlySet<string>;
  readonly #examples: string[] = [];
  readonly #changedBefore = new Set<string>();
  readonly #outside = new Set<string>();
  #suspicious = 0;
  #lastPolicy: AuditEvent | null = null;
  #firstAt: string | null = null;
  #firstChangeAt: string | null = null;

  /** `inScope`: ids of the objects that the plan is about. */
  constructor(recoveryPointAt: string | null, inScope: ReadonlySet<string>) {
    this.#recoveryPointAt = recoveryPointAt;
    this.#inScope = inScope;
  }

  /** One row of an actor from before the window that was swept. */
  take(event: AuditEvent): void {
    if (!event.succeeded || event.kind === 'other') return;
    const isAfterPoint =
      this.#recoveryPointAt !== null && compareInstants(event.at, this.#recoveryPointAt) > 0;
    const known = this.#inScope.has(event.objectId);
    // Between the recovery point and the window, rows on the objects of the plan are judged with it.
    if (isAfterPoint && !known) this.#outside.add(event.objectId);
    if (isAfterPoint && known) return;
    const what = suspicionOf(event);
    if (known) {
      this.#changedBefore.add(event.objectId);
      this.#firstChangeAt = earlierOf(this.#firstChangeAt, event.at);
    }
    if (what === null || this.#isToldAgain(event)) return;
    this.#suspicious += 1;
    this.#firstAt = earlierOf(this.#firstAt, event.at);
    if (this.#examples.length < examplesKept) {
      const name = plainText(event.objectName ?? event.objectId).slice(0, 60);
      this.#examples.push(`${what} (${name}, ${event.at})`);
    }
  }

  /** Two services tell one change of a policy in two rows, one right after the other. */
  #isToldAgain(event: AuditEvent): boolean {
    if (!isPolicy(event)) return false;
    const last = this.#lastPolicy;
    this.#lastPolicy = event;
    return last?.objectId === event.objectId && withoutTwins([last, event]).length === 1;
  }

  /** One sentence each, the gravest first; `points` are the recovery points that could be chosen instead. */
  warnings(points: readonly { readonly id: string; readonly createdDateTime: string }[]): string[] {
    return [
      ...(this.#suspicious === 0
        ? []
        : [
            `THE STATE TO RETURN TO MAY BE POISONED: before it the actor did ${this.#suspicious} suspicious things: ${this.#examples.join('; ')}. ${offerBefore(this.#firstAt, points)}`,
          ]),
      ...(this.#changedBefore.size === 0
        ? []
        : [
            `${counted(this.#changedBefore.size, 'object')} of the plan changed by the actor before the recovery point as well; what they were then is returned to. ${offerBefore(this.#firstChangeAt, points)}`,
          ]),
      ...(this.#outside.size === 0
        ? []
        : [
            `${this.#outside.size} further objects were changed by the actor between the recovery point and the window; they are not in this plan. Widen the window if they belong to it.`,
          ]),
    ];
  }
}

const examplesKept = 5;

const earlierOf = (known: string | null, at: string): string =>
  known === null || instantKey(at) < instantKey(known) ? at : known;

function offerBefore(
  first: string | null,
  points: readonly { readonly id: string; readonly createdDateTime: string }[],
): string {
  const earlier = points.filter(
    ({ createdDateTime }) => first === null || compareInstants(createdDateTime, first) < 0,
  );
  return earlier.length === 0
    ? 'No earlier recovery point lies before it.'
    : `Recovery points before it: ${earlier.map(({ id, createdDateTime }) => `${createdDateTime} (${id})`).join(', ')}; a revision can choose one.`;
}

const isCredential = (property: string): boolean =>
  suspicious[property.toLowerCase()] === 'changed credentials';

/** A service principal with its application, as far as somebody's rows can be about it. */
export interface Tool {
  readonly id: string;
  readonly applicationId: string | null;
  readonly name: string;
}

/**
 * What ties somebody who wrote this row to a service principal: they gave it credentials, or wrote through
 * a client of its name. The second is a hint alone, since names can be chosen. Null: nothing does.
 */
export function tieTo(tool: Tool, event: AuditEvent): 'armed' | 'client' | null {
  if (!event.succeeded) return null;
  const isAbout = event.objectId === tool.id || event.objectId === tool.applicationId;
  if (isAbout && event.changes.some(({ property }) => isCredential(property))) return 'armed';
  const isClient = event.by.clientName?.toLowerCase() === tool.name.toLowerCase();
  return isClient && event.by.kind === 'user' ? 'client' : null;
}

/** Gathers, row by row, who else may have to do with the actors; holds identities, not rows. */
export class Correlations {
  readonly #actorIds: ReadonlySet<string>;
  readonly #clients: ReadonlySet<string>;
  /** Service principals and applications that an actor gave credentials to, with the time of the first. */
  readonly armed = new Map<
    string,
    { readonly objectType: AuditEvent['objectType']; readonly at: string }
  >();
  /**
   * People whose writes came through a client that bears the name of an actor's service principal. A
   * client is known by its name alone, and names can be chosen: told, never counted as the actor's.
   */
  readonly people = new Map<
    string,
    { readonly name: string | null; readonly client: string; readonly rows: number }
  >();

  constructor(actors: readonly ActorRef[]) {
    this.#actorIds = new Set(actors.map(({ id }) => id));
    const principals = actors.filter(({ kind }) => kind === 'servicePrincipal');
    this.#clients = new Set(principals.map(({ name }) => name.toLowerCase()));
  }

  take({ by, changes, objectId, objectType, at, succeeded }: AuditEvent): void {
    if (!succeeded || by.id === null) return;
    if (this.#actorIds.has(by.id)) {
      if (!changes.some(({ property }) => isCredential(property))) return;
      const known = this.armed.get(objectId);
      if (known === undefined || compareInstants(at, known.at) < 0) {
        this.armed.set(objectId, { objectType, at });
      }
      return;
    }
    const { clientName: client, name } = by;
    if (by.kind !== 'user' || client === null || !this.#clients.has(client.toLowerCase())) return;
    const rows = (this.people.get(by.id)?.rows ?? 0) + 1;
    this.people.set(by.id, { name, client, rows });
  }
}
