import { blockingPolicy } from '../conditional-access/evaluation.js';
import type { Directory } from '../directory/directory.js';
import { minute, second } from '../directory/instants.js';
import type { DirectoryObject } from '../directory/model.js';
import { between, chance, guidOf, pick, type Random } from '../directory/random.js';

/** Somebody tries to sign in; whether it works is decided by the state of the account at that moment. */
export interface SignInAttempt {
  readonly id: string;
  readonly correlationId: string;
  readonly at: number;
  readonly principalId: string;
  readonly kind: 'interactive' | 'nonInteractive' | 'servicePrincipal';
  readonly client: { readonly appId: string; readonly displayName: string };
  readonly ipAddress: string;
  readonly graphAt: number;
  readonly logsAt: number;
}

export interface SignInResult {
  readonly errorCode: number;
  readonly failureReason: string;
  /** The Conditional Access policy that kept the person out. */
  readonly policy?: DirectoryObject;
}

const clients = [
  { appId: '89bee1f7-5e6e-4d8a-9f3d-ecd601259da7', displayName: 'Office365 Shell WCSS-Client' },
  { appId: '00000002-0000-0ff1-ce00-000000000000', displayName: 'Office 365 Exchange Online' },
  { appId: '1fec8e78-bce4-4aaf-ab1b-5451cc387264', displayName: 'Microsoft Teams' },
] as const;

/** The sign-in log. People notice when their account is switched, and some of them try it. */
export class SignInLog {
  readonly #directory: Directory;
  readonly #random: Random;
  readonly #speed: number;
  readonly #start: number;
  readonly #attempts: SignInAttempt[] = [];
  #live = false;

  constructor(directory: Directory, random: Random, options: { speed: number; start: number }) {
    this.#directory = directory;
    this.#random = random;
    this.#speed = options.speed;
    this.#start = options.start;
    directory.onChange(({ objectId, at, what }) => {
      if (what.kind === 'property' && what.name === 'accountEnabled') {
        this.#react(objectId, at, what.after === true);
      } else if (what.kind === 'state' && what.before === 'deleted' && what.after === 'live') {
        this.#react(objectId, at, true);
      }
    });
  }

  /** In the order in which they were noted; some lie in the future until the clock reaches them. */
  get attempts(): readonly SignInAttempt[] {
    return this.#attempts;
  }

  goLive(): void {
    this.#live = true;
  }

  attempt(principalId: string, at: number, kind: SignInAttempt['kind'] = 'interactive'): void {
    this.#attempts.push({
      id: guidOf(this.#random),
      correlationId: guidOf(this.#random),
      at,
      principalId,
      kind,
      client: pick(this.#random, clients),
      ipAddress: `198.51.100.${1 + Math.floor(this.#random() * 250)}`,
      ...this.#delays(at),
    });
  }

  /**
   * 0 is success; 50057 a disabled user, 50034 an unknown one, 53003 one whom a policy keeps out,
   * 7000112 a disabled application.
   */
  resultOf(attempt: SignInAttempt): SignInResult {
    const view = this.#directory.asOf(attempt.at);
    const principal = view.get(attempt.principalId);
    if (attempt.kind === 'servicePrincipal') {
      return principal?.properties['accountEnabled'] === true
        ? { errorCode: 0, failureReason: 'Other.' }
        : { errorCode: 7000112, failureReason: 'Application is disabled.' };
    }
    if (principal === undefined) {
      return {
        errorCode: 50034,
        failureReason: 'The user account does not exist in the directory.',
      };
    }
    if (principal.properties['accountEnabled'] !== true) {
      return { errorCode: 50057, failureReason: 'The user account is disabled.' };
    }
    const wish = { userId: principal.id, resourceAppId: attempt.client.appId };
    const policy = blockingPolicy(view, wish);
    if (policy === undefined) return { errorCode: 0, failureReason: 'Other.' };
    const failureReason = 'Access has been blocked by Conditional Access policies.';
    return { errorCode: 53003, failureReason, policy };
  }

  #react(id: string, at: number, works: boolean): void {
    if (this.#directory.now.get(id)?.type !== 'user') return;
    const pace = this.#live ? this.#speed : 1;
    if (works && this.#live && chance(this.#random, 0.4)) {
      this.attempt(id, at + between(this.#random, 5 * second, 90 * second) / pace);
    }
    if (works || !chance(this.#random, 0.06)) return;
    this.attempt(id, at + between(this.#random, 10 * second, 2 * minute) / pace);
    const begin = Math.max(at, this.#start);
    this.attempt(
      id,
      begin + between(this.#random, minute, 10 * minute) / this.#speed,
      'nonInteractive',
    );
  }

  #delays(at: number): { graphAt: number; logsAt: number } {
    const past = at < this.#start;
    const room = past ? Math.max(0, this.#start - at - second) : Number.POSITIVE_INFINITY;
    const pace = past ? 1 : this.#speed;
    return {
      graphAt: at + Math.min(room, between(this.#random, 20 * second, 2 * minute) / pace),
      logsAt: at + Math.min(room, between(this.#random, minute, 5 * minute) / pace),
    };
  }
}
