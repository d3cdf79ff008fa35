import { text, type DirectoryObject, type Initiator } from '../directory/model.js';
import { day, hour, isoTicks, minute } from '../directory/instants.js';
import { between, chance, pick, type Random } from '../directory/random.js';
import { domain, type Company } from './company.js';
import { Timeline } from './timeline.js';
import type { Person, ScenarioAlert, WorldOptions } from './world.js';

export type Facts = Record<string, string[]>;

/** What a scenario is given to write its past with. */
export interface Stage extends Company {
  readonly options: WorldOptions;
  readonly start: number;
  readonly snapshots: readonly number[];
  readonly timeline: Timeline;
  readonly by: {
    readonly actor: Initiator;
    readonly other: Initiator;
    readonly hr: Initiator;
    readonly pim: Initiator;
  };
}

/** One incident: what the product's identity may do, what happened, and what Sentinel says about it. */
export interface Scenario {
  readonly name: string;
  readonly ourRoles: readonly string[];
  /** Employees besides those the actor can damage; by default a share of them, and at least 320. */
  readonly staff?: number;
  /** Writes the past; answers the alert and the ids of what it did. */
  readonly play: (stage: Stage) => { readonly alert: ScenarioAlert; readonly facts: Facts };
}

/** Sets the stage: the company, a week of ordinary life before the newest snapshot, the persons. */
export function setStage(company: Company, options: WorldOptions): Stage {
  const { start } = options;
  const timeline = new Timeline(company.directory);
  const stage: Stage = {
    ...company,
    options,
    start,
    snapshots: snapshotInstants(start),
    timeline,
    by: {
      actor: person(company.ids.people.actor, '203.0.113.57', 'Microsoft Graph Command Line Tools'),
      other: person(company.admins.other, '198.51.100.23', null),
      hr: app(company.hrServicePrincipalId, 'People System Connector'),
      pim: app(null, 'MS-PIM'),
    },
  };
  ordinaryLife(stage);
  return stage;
}

/** Seven daily snapshots at 02:00 UTC, newest first; the newest lies well before any incident. */
export function snapshotInstants(start: number): number[] {
  const newest = Math.floor((start - 70 * minute - 2 * hour) / day) * day + 2 * hour;
  return Array.from({ length: 7 }, (_, age) => newest - age * day);
}

/** A person who changes something of their own. */
export function selfService({ id, properties }: DirectoryObject): Initiator {
  return {
    kind: 'user',
    id,
    userPrincipalName: text(properties, 'userPrincipalName'),
    displayName: null,
    ipAddress: '',
  };
}

/** Sorted moments between two instants, as many as asked for. */
export function moments(random: Random, from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, () => Math.floor(between(random, from, to))).sort(
    (one, other) => one - other,
  );
}

/** Takes the next `count` ids that nobody took before; throws when the company is too small. */
export function taker(ids: readonly string[]): (count: number) => string[] {
  let next = 0;
  return (count) => {
    const taken = ids.slice(next, next + count);
    if (taken.length < count) throw new RangeError('The company has too few people for this.');
    next += count;
    return taken;
  };
}

/** The alert of an analytics rule that found one administrator busy. */
export function alertAbout(
  who: Person,
  title: string,
  activity: { readonly from: number; readonly to: number },
  knowsObjectId: boolean,
): ScenarioAlert {
  const accountName = who.userPrincipalName.split('@')[0] ?? '';
  return {
    title,
    firstActivityTimeUtc: isoTicks(activity.from),
    lastActivityTimeUtc: isoTicks(activity.to),
    severity: 'High',
    accounts: [
      {
        accountName,
        upnSuffix: domain,
        displayName: who.displayName,
        ...(knowsObjectId ? { aadUserId: who.id } : {}),
      },
    ],
    query:
      "AuditLogs | where OperationName in ('Update user', 'Delete user') | extend Actor = tostring(InitiatedBy.user.userPrincipalName) | summarize Writes = count() by Actor | where Writes > 100",
  };
}

/** Legitimate changes of the past week, all before the newest snapshot, and rows without effect after. */
function ordinaryLife({
  directory,
  timeline,
  random,
  ordinary,
  start,
  snapshots,
  by,
}: Stage): void {
  const newest = snapshots[0] as number;
  const count = 40 + Math.min(4000, Math.round(ordinary.length * 0.1));
  for (const moment of moments(random, start - 7 * day, newest - 10 * minute, count)) {
    timeline.at(moment, (at) => {
      const id = pick(random, ordinary);
      if (directory.now.get(id) === undefined) return;
      const patch = chance(random, 0.5)
        ? { officeLocation: pick(random, ['HAM-1', 'LYS-3', 'OPO-2', 'AUS-5']) }
        : { jobTitle: pick(random, ['Lead', 'Principal', 'Associate']) };
      directory.update(id, patch, chance(random, 0.7) ? by.hr : by.other, at);
    });
  }
  for (const moment of moments(random, newest, start - 3 * minute, 60)) {
    timeline.at(moment, (at) => {
      const user = directory.now.get(pick(random, ordinary));
      if (user === undefined) return;
      const self = selfService(user);
      directory.trail.write(
        {
          category: 'UserManagement',
          activity: 'User registered security info',
          operationType: 'Add',
          service: 'Authentication Methods',
          by: self,
          targets: [
            {
              id: user.id,
              displayName: null,
              type: 'User',
              userPrincipalName: text(user.properties, 'userPrincipalName'),
              modified: [],
            },
          ],
        },
        at,
      );
    });
  }
}

function person(who: Person, ipAddress: string, client: string | null): Initiator {
  return {
    kind: 'user',
    id: who.id,
    userPrincipalName: who.userPrincipalName,
    displayName: client,
    ipAddress,
    ...(client === null ? {} : { userAgent: 'PowerShell/7.5 GraphPowerShell/2.30' }),
  };
}

function app(servicePrincipalId: string | null, displayName: string): Initiator {
  return { kind: 'app', servicePrincipalId, displayName };
}
