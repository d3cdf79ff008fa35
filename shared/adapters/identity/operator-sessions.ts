import type { AccessToken, TokenCredential } from '@azure/identity';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { Person } from '../../domain/incident/incident.js';
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

/** The document `operator-session`. Only `sealed` is secret, and it is encrypted. */
interface SessionDocument {
  readonly by: Person;
  readonly lentAt: string;
  readonly sealed: string;
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
      await keep(incidentId, by, answer.tokens);
      return { ok: true, session: lentBy(by, answer.tokens) };
    },
    async current(incidentId) {
      const held = await usable(incidentId);
      return held === null ? null : lentBy(held.by, held.tokens);
    },
    end: forget,
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

  /** The tokens of the session, renewed when they are about to end or the service asks for more. */
  async function usable(incidentId: string, claims?: string) {
    const held = await open(incidentId);
    if (held === null) return null;
    const isFresh = held.tokens.expiresAt - marginMs > clock.now();
    if (isFresh && claims === undefined) return held;
    const renewed =
      held.tokens.refreshToken === null
        ? null
        : await exchange.refresh(held.tokens.refreshToken, claims);
    if (renewed?.ok) {
      const refreshToken = renewed.tokens.refreshToken ?? held.tokens.refreshToken;
      const tokens = { ...renewed.tokens, refreshToken };
      await keep(incidentId, held.by, tokens);
      return { by: held.by, tokens };
    }
    await forget(incidentId);
    return null;
  }

  async function keep(incidentId: string, by: Person, tokens: DelegatedTokens): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(tokens));
    const sealed = await new CompactEncrypt(text)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', incident: incidentId })
      .encrypt(key);
    const document: SessionDocument = { by, lentAt: new Date(clock.now()).toISOString(), sealed };
    await store.updateDocument<Json>(incidentId, documentName, () => document as unknown as Json);
  }

  async function open(incidentId: string) {
    const document = (await store.readDocument<Json>(
      incidentId,
      documentName,
    )) as unknown as SessionDocument | null;
    if (!document?.sealed) return null;
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(document.sealed, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      if (protectedHeader['incident'] !== incidentId) return null;
      const tokens = JSON.parse(new TextDecoder().decode(plaintext)) as DelegatedTokens;
      return { by: document.by, tokens };
    } catch {
      // Sealed by a process whose key is gone: there is no session.
      return null;
    }
  }

  async function forget(incidentId: string): Promise<void> {
    const document = await store.readDocument<Json>(incidentId, documentName);
    if (document === null) return;
    await store.updateDocument<Json>(incidentId, documentName, () => ({}));
  }
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
