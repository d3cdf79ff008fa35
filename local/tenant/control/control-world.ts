import type { AlertWorld } from '../alert.js';
import type { Identity } from '../identity/identity.js';
import type { Principals } from '../identity/principals.js';
import type { Notices } from '../teams/notices.js';
import type { RecoveryDesk } from '../recovery/desk.js';
import type { Handler } from './loopback.js';
import type { TeamsWorld } from '../teams/press.js';

/** What the control server can reach of the tenant. */
export interface ControlWorld {
  readonly identity: Identity;
  readonly principals: Principals;
  readonly teams: TeamsWorld;
  readonly notices: Notices;
  readonly alert: AlertWorld;
  readonly apiAppId: string;
  /** Application id of the Logic App that forwards Sentinel's alerts. */
  readonly logicAppAppId: string;
  /** Application id that calls secure webhooks for Azure Monitor. */
  readonly actionGroupAppId: string;
  /** An application of the tenant without any role on our API. */
  readonly otherAppId: string;
  /** Where the product listens; changeable at run time. */
  readonly app: { url: string };
  /** A new incident name for each alert; not seeded, so that no run repeats another's incident. */
  readonly freshName: () => string;
  readonly inspect: Inspection;
  readonly recovery: RecoveryDesk;
  /** The tenant itself, for people who do something with their own rights. */
  readonly graph: { readonly origin: string; readonly handle: Handler };
  /** `IDENTITY_ENDPOINT`, served as `/msi/token`. */
  readonly managedIdentity: Handler;
}

/** Views and switches of the rest of the tenant. */
export interface Inspection {
  /** The true current state of an object, null when there is none of that kind. */
  object(kind: string, id: string): unknown;
  /** What is different now from that instant, in milliseconds. */
  differences(since: number): readonly unknown[];
  readonly journal: { since(seq: number): readonly unknown[] };
  readonly faults: {
    list(): readonly unknown[];
    /** Throws with a message for people when the rules cannot be used. */
    replace(rules: readonly unknown[]): void;
  };
}
