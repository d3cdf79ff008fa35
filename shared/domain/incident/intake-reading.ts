import type { IncidentSource, Window } from './incident.js';
import type { ActorHint, Intake } from './intake.js';

/** An account as an alert names it. It may be the actor, the victim or a mere witness. */
export interface ReceivedAccount {
  readonly aadUserId: string | null;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
}

/** An alert of any form, in our words; nothing in it has been judged yet. */
export interface ReceivedAlert {
  readonly source: Exclude<IncidentSource, 'commander'>;
  readonly key: { readonly kind: string; readonly value: string };
  readonly alertIds: readonly string[];
  readonly title: string | null;
  readonly severity: string | null;
  /** Times of the first and the last activity, best source first, as the sources spell them. */
  readonly firstTimes: readonly (string | null)[];
  readonly lastTimes: readonly (string | null)[];
  readonly accounts: readonly ReceivedAccount[];
  /** Custom details of the rule: names in lower case, values as text. */
  readonly details: Readonly<Record<string, readonly string[]>>;
  readonly labels: readonly string[];
  readonly references: Readonly<Record<string, string>>;
}

/** Each hint costs a look into the directory, so a flood of entities is cut. */
export const mostHints = 50;
export const mostAlertIds = 500;

const dayMs = 86_400_000;
/** The audit trail reaches back no further (graph fact sheet D.1). */
const oldestMs = 30 * dayMs;
const hourMs = 3_600_000;

/** The normal form of an alert. `now` in milliseconds bounds the window and stands in for missing times. */
export function readIntake(alert: ReceivedAlert, now: number): Intake {
  return {
    source: alert.source,
    key: { kind: alert.key.kind, value: keyOf(alert, now) },
    alertIds: unique(alert.alertIds.map((id) => id.toLowerCase()))
      .sort()
      .slice(0, mostAlertIds),
    title: cut(alert.title ?? 'Directory changes by one identity', 200),
    severity: alert.severity,
    window: windowOf(alert, now),
    ...(statesTimes(alert) ? {} : { windowGuessed: true as const }),
    hints: merged([...detailHints(alert.details), ...accountHints(alert.accounts)]),
    targets: null,
    cause: 'unknown',
    labels: alert.labels.slice(0, 20).map((label) => cut(label, 100)),
    openedBy: null,
    note: null,
    references: alert.references,
  };
}

/** Naming an account by hand is meant once an hour at most, so the UTC hour is part of that key. */
function keyOf(alert: ReceivedAlert, now: number): string {
  const value = alert.key.value.toLowerCase();
  if (alert.source !== 'sentinelEntity') return value;
  return `${value}/${new Date(now).toISOString().slice(0, 13).toLowerCase()}`;
}

/**
 * What an incident knows after one more alert about the same thing: the wider window, every hint and
 * alert. Merging the same again changes nothing.
 */
export function mergeIntake(known: Intake, more: Intake): Intake {
  return {
    ...known,
    window: more.windowGuessed ? known.window : widest(known.window, more.window),
    hints: merged([...known.hints, ...more.hints]),
    alertIds: unique([...known.alertIds, ...more.alertIds])
      .sort()
      .slice(0, mostAlertIds),
    references: { ...more.references, ...known.references },
  };
}

/** Whether `merged` holds anything to act on that `known` does not; words and links are not. */
export function hasNews(known: Intake, merged: Intake): boolean {
  return (
    merged.window.from !== known.window.from ||
    merged.window.to !== known.window.to ||
    merged.hints.length !== known.hints.length ||
    merged.alertIds.length !== known.alertIds.length
  );
}

export const widest = (a: Window, b: Window): Window => ({
  from: a.from < b.from ? a.from : b.from,
  to: a.to > b.to ? a.to : b.to,
});

/**
 * Milliseconds of an instant in the spellings alerts use: seven fraction digits, a space for the `T`, no
 * zone (which is UTC). Null when it is none.
 */
export function readInstant(text: string | null): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?\s*(Z|[+-]\d\d:\d\d)?$/i.exec(
    text?.trim() ?? '',
  );
  if (match === null) return null;
  const [, day, time, fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * Half-open, so the millisecond of the last activity is inside. Times in the future or before the trail's
 * memory are pulled in: a careless alert must not make us read months of logs.
 */
function windowOf(alert: ReceivedAlert, now: number): Window {
  const first = firstKnown(alert.firstTimes);
  const last = firstKnown(alert.lastTimes);
  const bounded = (ms: number): number => Math.min(Math.max(ms, now - oldestMs), now);
  const from = bounded(first ?? (last ?? now) - hourMs);
  const to = Math.max(bounded(last ?? now), from);
  return { from: new Date(from).toISOString(), to: new Date(to + 1).toISOString() };
}

const statesTimes = (alert: ReceivedAlert): boolean =>
  firstKnown([...alert.firstTimes, ...alert.lastTimes]) !== null;

const firstKnown = (times: readonly (string | null)[]): number | null =>
  times.map(readInstant).find((ms) => ms !== null) ?? null;

type Named = 'objectId' | 'userPrincipalName' | 'appId';

/** Custom detail names that state an actor, without punctuation and in lower case. */
const actorDetails: Readonly<
  Record<string, { readonly kind: ActorHint['kind']; readonly names: Named }>
> = {
  actorappid: { kind: 'servicePrincipal', names: 'appId' },
  initiatedbyappid: { kind: 'servicePrincipal', names: 'appId' },
  initiatingappid: { kind: 'servicePrincipal', names: 'appId' },
  actorserviceprincipalid: { kind: 'servicePrincipal', names: 'objectId' },
  initiatedbyserviceprincipalid: { kind: 'servicePrincipal', names: 'objectId' },
  initiatingserviceprincipalid: { kind: 'servicePrincipal', names: 'objectId' },
  initiatingappserviceprincipalid: { kind: 'servicePrincipal', names: 'objectId' },
  actoruserid: { kind: 'user', names: 'objectId' },
  initiatedbyuserid: { kind: 'user', names: 'objectId' },
  initiatinguserid: { kind: 'user', names: 'objectId' },
  initiatingaaduserid: { kind: 'user', names: 'objectId' },
  actorid: { kind: null, names: 'objectId' },
  actorobjectid: { kind: null, names: 'objectId' },
  initiatedbyid: { kind: null, names: 'objectId' },
  actoruserprincipalname: { kind: 'user', names: 'userPrincipalName' },
  actorupn: { kind: 'user', names: 'userPrincipalName' },
  initiatedbyuserprincipalname: { kind: 'user', names: 'userPrincipalName' },
  initiatinguserprincipalname: { kind: 'user', names: 'userPrincipalName' },
};

/** The rule's author said who acted: better than any entity, which may be the victim (fact sheet A.5). */
function detailHints(details: ReceivedAlert['details']): ActorHint[] {
  return Object.entries(details).flatMap(([name, values]) => {
    const said = actorDetails[name.toLowerCase().replace(/[^a-z]/g, '')];
    if (said === undefined) return [];
    return values
      .map((value) => value.trim().toLowerCase())
      .flatMap((value) => {
        const fits = said.names === 'userPrincipalName' ? isUpn(value) : isGuid(value);
        if (!fits) return [];
        const reason = `the rule's custom detail ${cut(name, 60)} names it`;
        return [{ ...nobody, kind: said.kind, [said.names]: value, reason }];
      });
  });
}

/** Accounts with an object id before those with a name alone: ids do not change hands. */
function accountHints(accounts: readonly ReceivedAccount[]): ActorHint[] {
  const hints = accounts.flatMap((account): ActorHint[] => {
    const objectId = account.aadUserId?.toLowerCase() ?? '';
    const upn = account.userPrincipalName?.toLowerCase() ?? '';
    const known = {
      objectId: isGuid(objectId) ? objectId : null,
      userPrincipalName: isUpn(upn) ? upn : null,
    };
    if (known.objectId === null && known.userPrincipalName === null) return [];
    const displayName = account.displayName === null ? null : cut(account.displayName, 200);
    const reason = 'an account entity of the alert';
    return [{ ...nobody, kind: 'user', ...known, displayName, reason }];
  });
  return [
    ...hints.filter((hint) => hint.objectId !== null),
    ...hints.filter((hint) => hint.objectId === null),
  ];
}

const nobody: ActorHint = {
  kind: null,
  objectId: null,
  userPrincipalName: null,
  appId: null,
  displayName: null,
  reason: '',
};

/** One hint per identity; a later one only adds what the earlier did not know. */
function merged(hints: readonly ActorHint[]): ActorHint[] {
  const kept: ActorHint[] = [];
  const placeOf = new Map<string, number>();
  for (const hint of hints) {
    const ids = [
      hint.objectId && `id ${hint.objectId}`,
      hint.userPrincipalName && `upn ${hint.userPrincipalName}`,
      hint.appId && `app ${hint.appId}`,
    ].filter((id): id is string => Boolean(id));
    const place = ids.map((id) => placeOf.get(id)).find((known) => known !== undefined);
    if (place === undefined && kept.length >= mostHints) continue;
    const index = place ?? kept.length;
    const before = kept[index] ?? hint;
    kept[index] = {
      kind: before.kind ?? hint.kind,
      objectId: before.objectId ?? hint.objectId,
      userPrincipalName: before.userPrincipalName ?? hint.userPrincipalName,
      appId: before.appId ?? hint.appId,
      displayName: before.displayName ?? hint.displayName,
      reason: before.reason,
    };
    for (const id of ids) if (!placeOf.has(id)) placeOf.set(id, index);
  }
  return kept;
}

const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

const isUpn = (text: string): boolean => /^[^\s@]{1,200}@[^\s@]{1,200}$/.test(text);

const cut = (text: string, most: number): string => Array.from(text).slice(0, most).join('');

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
