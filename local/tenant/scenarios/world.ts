import type { Directory } from '../directory/directory.js';
import type { TenantClock } from '../exchange.js';
import type { GraphActivityLog } from '../logs/graph-activity.js';
import type { SignInLog } from '../logs/sign-ins.js';
import type { RecoveryService } from '../recovery/service.js';

export const personNames = [
  'commander',
  'operator',
  'approver',
  'responder',
  'reader',
  'outsider',
  'actor',
  'breakGlass1',
  'breakGlass2',
] as const;

export type PersonName = (typeof personNames)[number];

export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
}

/** The ids that the rest of the tenant needs, all derived from the seed. */
export interface WorldIds {
  readonly tenantId: string;
  readonly workspaceId: string;
  readonly people: Readonly<Record<PersonName, Person>>;
  readonly apiAppId: string;
  readonly apiServicePrincipalId: string;
  readonly botAppId: string;
  readonly ourAppId: string;
  readonly ourServicePrincipalId: string;
  readonly logicAppAppId: string;
  readonly logicAppServicePrincipalId: string;
  readonly graphServicePrincipalId: string;
}

/** What Sentinel would say about the scenario. */
export interface ScenarioAlert {
  readonly title: string;
  readonly firstActivityTimeUtc: string;
  readonly lastActivityTimeUtc: string;
  readonly severity: 'High' | 'Medium' | 'Low' | 'Informational';
  readonly accounts: readonly {
    readonly accountName: string;
    readonly upnSuffix: string;
    readonly aadUserId?: string;
    readonly displayName: string;
  }[];
  readonly customDetails?: Readonly<Record<string, string[]>>;
  readonly query: string;
}

/** Everything outside the product, before anyone asks it anything. */
export interface World {
  readonly directory: Directory;
  readonly signIns: SignInLog;
  readonly activity: GraphActivityLog;
  readonly ids: WorldIds;
  readonly alert: ScenarioAlert;
  /** Milliseconds, UTC: "now" when the scenario begins. */
  readonly start: number;
  readonly domain: string;
  /** Instants of the daily snapshots up to the start, newest first. */
  readonly snapshots: readonly number[];
  readonly recovery: RecoveryService;
  /** What the scenario did, by name: ids of the objects concerned. For tests and for the curious. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
}

export interface WorldOptions {
  readonly seed: number;
  /** How many objects the scenario's actor damages. */
  readonly users: number;
  readonly scenario: string;
  readonly speed: number;
  readonly clock: TenantClock;
  readonly start: number;
  /** Scenario `random` only: the same days, but the actor does nothing. For comparisons. */
  readonly withoutActor?: boolean;
}
