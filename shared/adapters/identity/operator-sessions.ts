import type { AccessToken, TokenCredential } from '@azure/identity';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { Person } from '../../domain/identities.js';
import type { Json } from '../../domain/json.js';
import type { Clock } from '../../ports/clock.js';
import type { EvidenceStore } from '../../ports/evidence.js';
import type { Lending, LentSession, OperatorSessions } from '../../ports/operator-sessions.js';
import { bearerOf } from './caller-verifier.js';
import type { DelegatedTokens, OperatorExchange } from './operator-exchange.js';

interface Options {
  readonly store: Pick<EvidenceStore, 'readDocument' | 'updateDocument'>;
  readonly exchange: OperatorExchange;
  readonly clock: Clock;
  /** 32 bytes: seals what is kept. Whoever does not hold it finds no session. */
  readonly key: Uint8Array;
  /** Why this deployment cannot hold sessions, if it cannot. */
  readonly unavailable: string | null;
}

/** The document `operator-session`: everything is sealed, so that nobody puts another lender beside it. */
interface SessionDocument {
  readonly sealed: string;
}

/** What is sealed. */
interface Held {
  readonly by: Person;
  readonly lentAt: string;
  readonly tokens: DelegatedTokens;
}

const documentName = 'operator-session';
/** A token this close to its end is renewed first, or no longer used. */
const marginMs = 120_000;

/**
 * Operator sessions, one per incident. Tokens exist in the memory of the call that uses them and, sealed
 * as a JWE (`dir`, `A256GCM`, bound to the incident by its protected header), in the evidence store, so
 * that any worker of the app can go on. Nothing else of this program ever sees one (safety.md I14).
 */
export function createOperatorSessions(options: Options) {
  const { store, exchange, clock, key, unavailable } = options;

  const sessions: OperatorSessions = {
    unavailable,
    async lend(incidentId, by, authorization): Promise<Lending> {
      const token = bearerOf(authorization);
      if (unavailable !== null) return { ok: false, why: 'refused', message: unavailable };
      if (token === null) return { ok: false, why: 'refused', message: 'no bearer token was sent' };
      const answer = await exchange.onBehalfOf(token);
      if (!answer.ok) return answer;
      const lentAt = new Date(clock.now()).toISOString();
      await put(incidentId, await seal(incidentId, { by, lentAt, tokens: answer.tokens }));
      return { ok: true, session: lentBy(by, answer.tokens) };
    },
    async current(incidentId) {
      const held = await usable(incidentId);
      return held === null ? null : lentBy(held.by, held.tokens);
    },
    end: (incidentId) => put(incidentId, null),
  };

  return { ...sessions, credentialFor };

  /** For the recovery service alone. `getToken` throws when there is no session any more. */
  function credentialFor(incidentId: string): TokenCredential {
    return {
      async getToken(_scopes, { claims } = {}): Promise<AccessToken> {
        const held = await usable(incidentId, claims);
        if (held === null) throw new NoSession();
        const { accessToken: token, expiresAt } = held.tokens;
        return { token, expiresOnTimestamp: expiresAt };
      },
    };
  }

  /**
   * The session, renewed when it is about to end or the service asks for more. What was lent or ended
   * while the authority was asked stands: the answer is then of no account.
   */
  async function usable(incidentId: string, claims?: string): Promise<Held | null> {
    const document = await read(incidentId);
    const held = await open(incidentId, document);
    if (document === null || held === null) return null;
    const { tokens } = held;
    if (isGood(tokens) && claims === undefined) return held;
    const renewed =
      tokens.refreshToken === null ? null : await exchange.refresh(tokens.refreshToken, claims);
    const next: Held | null = renewed?.ok
      ? {
          ...held,
          tokens: {
            ...renewed.tokens,
            refreshToken: renewed.tokens.refreshToken ?? tokens.refreshToken,
          },
        }
      : null;
    const sealed = next && (await seal(incidentId, next));
    if (await replace(incidentId, document.sealed, sealed)) return next;
    const instead = await open(incidentId, await read(incidentId));
    return instead !== null && isGood(instead.tokens) ? instead : null;
  }

  function isGood({ expiresAt }: DelegatedTokens): boolean {
    return expiresAt - marginMs > clock.now();
  }

  function seal(incidentId: string, held: Held): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(held)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', incident: incidentId })
      .encrypt(key);
  }

  async function open(incidentId: string, document: SessionDocument | null): Promise<Held | null> {
    if (document === null) return null;
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(document.sealed, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      if (protectedHeader['incident'] !== incidentId) return null;
      return JSON.parse(new TextDecoder().decode(plaintext)) as Held;
    } catch {
      // Sealed by a process whose key is gone: there is no session.
      return null;
    }
  }

  async function read(incidentId: string): Promise<SessionDocument | null> {
    return documentOf(await store.readDocument<Json>(incidentId, documentName));
  }

  async function put(incidentId: string, sealed: string | null): Promise<void> {
    if (sealed === null && (await read(incidentId)) === null) return;
    await store.updateDocument<Json>(incidentId, documentName, () => valueOf(sealed));
  }

  /** False, and nothing is changed, when the session is not the one that was read any more. */
  async function replace(incidentId: string, known: string, sealed: string | null) {
    let isReplaced = false;
    await store.updateDocument<Json>(incidentId, documentName, (value) => {
      isReplaced = documentOf(value)?.sealed === known;
      return isReplaced ? valueOf(sealed) : (value ?? {});
    });
    return isReplaced;
  }
}

const valueOf = (sealed: string | null): Json => (sealed === null ? {} : { sealed });

function documentOf(value: Json | null): SessionDocument | null {
  const { sealed } = (value ?? {}) as { sealed?: string };
  return sealed === undefined ? null : { sealed };
}

export class NoSession extends Error {
  constructor() {
    super('No operator session.');
    this.name = 'NoSession';
  }
}

const lentBy = (by: Person, tokens: DelegatedTokens): LentSession => ({
  by,
  expiresAt: new Date(tokens.expiresAt).toISOString(),
});
