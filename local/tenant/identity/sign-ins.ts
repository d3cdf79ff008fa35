import { createHash } from 'node:crypto';
import type { TenantClock } from '../exchange.js';
import { refusals } from './errors.js';
import type { Principals } from './principals.js';

/** A person's session with one client; what a refresh token stands for. */
export interface SignIn {
  readonly userId: string;
  readonly clientId: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly signedInAt: number;
  readonly caeCapable: boolean;
  /** Authentication contexts that it satisfied. */
  readonly contexts: readonly string[];
  /** The client has to prove itself again at every renewal. */
  readonly confidential: boolean;
}

/** A device waiting for a person to enter its code. Times in milliseconds. */
export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly scope: string;
  readonly contexts: readonly string[];
  readonly expiresAt: number;
}

export interface SignIns {
  /** A refresh token for the session. */
  remember(signIn: SignIn): string;
  /** The session of a refresh token. Throws `AuthorityRefusal` when unknown, revoked or disabled. */
  resume(refreshToken: string, clientId: string): SignIn;
  startDevice(clientId: string, scope: string, contexts: readonly string[]): DeviceCode;
  /** A person accepts or declines the code; false when no device waits for it. */
  answerDevice(userCode: string, answer: { readonly userId: string } | 'declined'): boolean;
  /** Spends an accepted code. Throws `AuthorityRefusal` while pending, declined or expired. */
  finishDevice(
    deviceCode: string,
    clientId: string,
  ): Pick<DeviceCode, 'scope' | 'contexts'> & { readonly userId: string };
}

interface WaitingDevice extends DeviceCode {
  answer: { readonly userId: string } | 'declined' | null;
}

const deviceLifetimeMs = 15 * 60_000;

/** Sessions and device codes of one authority, in memory; `nextId` makes them unguessable enough for a simulation. */
export function createSignIns(world: {
  readonly clock: TenantClock;
  readonly principals: Principals;
  readonly nextId: () => string;
}): SignIns {
  const sessions = new Map<string, SignIn>();
  const devices = new Map<string, WaitingDevice>();

  return {
    remember(signIn) {
      const token = `1.${world.nextId()}${world.nextId()}`.replaceAll('-', '');
      sessions.set(token, signIn);
      return token;
    },
    resume(refreshToken, clientId) {
      const session = sessions.get(refreshToken);
      if (session === undefined || session.clientId !== clientId) throw refusals.grantMalformed();
      const user = world.principals.user(session.userId);
      if (user === undefined) throw refusals.userUnknown();
      if (!user.accountEnabled) throw refusals.userDisabled();
      if (session.signedInAt < user.sessionsValidFrom) throw refusals.sessionRevoked();
      return session;
    },
    startDevice(clientId, scope, contexts) {
      const deviceCode = world.nextId();
      const device: WaitingDevice = {
        deviceCode,
        userCode: userCodeOf(deviceCode),
        clientId,
        scope,
        contexts,
        expiresAt: world.clock.now() + deviceLifetimeMs,
        answer: null,
      };
      devices.set(deviceCode, device);
      return device;
    },
    answerDevice(userCode, answer) {
      const wanted = userCode.trim().toUpperCase();
      const now = world.clock.now();
      const device = [...devices.values()].find(
        (one) => one.userCode === wanted && one.answer === null && one.expiresAt > now,
      );
      if (device === undefined) return false;
      device.answer = answer;
      return true;
    },
    finishDevice(deviceCode, clientId) {
      const device = devices.get(deviceCode);
      if (device === undefined || device.clientId !== clientId) throw refusals.grantMalformed();
      if (device.answer === null && device.expiresAt <= world.clock.now()) {
        throw refusals.deviceExpired();
      }
      if (device.answer === null) throw refusals.devicePending();
      devices.delete(deviceCode);
      if (device.answer === 'declined') throw refusals.deviceDeclined();
      const { scope, contexts } = device;
      return { userId: device.answer.userId, scope, contexts };
    },
  };
}

/** Nine letters and digits that people do not confuse with one another. */
function userCodeOf(deviceCode: string): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const bytes = createHash('sha256').update(deviceCode).digest().subarray(0, 9);
  return [...bytes].map((byte) => letters[byte % letters.length]).join('');
}
