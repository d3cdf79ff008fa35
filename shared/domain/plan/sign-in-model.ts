import type { Json } from '../json.js';

/** A Conditional Access policy as Graph shows it; only what is read here is understood. */
export interface PolicyDocument {
  readonly id: string;
  readonly [member: string]: Json;
}

export interface SignInFacts {
  readonly id: string;
  /** Null: the directory does not know the account, or keeps it in the recycle bin. */
  readonly enabled: boolean | null;
  readonly guest: boolean;
  readonly groupIds: readonly string[];
  /** Role template ids. */
  readonly roleIds: readonly string[];
}

export type CanSignIn = 'can' | 'cannot' | 'unknown';

export interface SignInVerdict {
  readonly id: string;
  readonly can: CanSignIn;
  /** What keeps them out, or might; null when nothing does. */
  readonly why: string | null;
}

/** Whether a condition holds for a sign-in: `maybe` where it depends on what nobody knows beforehand. */
type Match = 'yes' | 'no' | 'maybe';

/** Names of the places where an administrator acts, as policies name them. */
export const adminPortals: readonly string[] = [
  'MicrosoftAdminPortals',
  '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
];

/**
 * Whether each person can sign in to all of these applications: with a browser, from anywhere, with the
 * second factor they have registered. Conditional Access denies what any enabled
 * policy denies (https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies).
 * What depends on the place, the device, the platform or a risk is `unknown`: nobody can promise it for
 * the worst day.
 */
export function whoCanSignIn(
  world: { readonly policies: readonly PolicyDocument[]; readonly appIds: readonly string[] },
  people: readonly SignInFacts[],
): SignInVerdict[] {
  return people.map((person) => {
    if (person.enabled === null) return verdict(person, 'cannot', 'is not in the directory');
    if (!person.enabled) return verdict(person, 'cannot', 'is disabled');
    const denials = world.policies
      .map((policy) => ({ policy, denied: denies(policy, person, world.appIds) }))
      .filter(({ denied }) => denied !== 'no');
    const worst = denials.find(({ denied }) => denied === 'yes') ?? denials[0];
    if (worst === undefined) return verdict(person, 'can', null);
    const name = JSON.stringify(worst.policy['displayName'] ?? worst.policy.id);
    return worst.denied === 'yes'
      ? verdict(person, 'cannot', `is blocked by the policy ${name}`)
      : verdict(person, 'unknown', `may be kept out by the policy ${name}`);
  });
}

const verdict = ({ id }: SignInFacts, can: CanSignIn, why: string | null): SignInVerdict => ({
  id,
  can,
  why,
});

function denies(policy: PolicyDocument, person: SignInFacts, appIds: readonly string[]): Match {
  const { state } = policy;
  if (state === 'disabled' || state === 'enabledForReportingButNotEnforced') return 'no';
  const demanded = demandOf(policy);
  if (demanded === 'no') return 'no';
  const conditions = part(policy, 'conditions');
  const applies = all([
    state === 'enabled' ? 'yes' : 'maybe',
    matchesUser(part(conditions, 'users'), person),
    matchesApplication(part(conditions, 'applications'), appIds),
    matchesClient(conditions),
    ...circumstances(conditions),
  ]);
  return all([applies, demanded]);
}

/** Whether the controls keep a person out who has a second factor and nothing else for certain. */
function demandOf(policy: PolicyDocument): Match {
  const controls = policy['grantControls'] ?? null;
  if (controls === null) return 'no';
  const builtIn = texts(controls, 'builtInControls');
  if (builtIn.includes('block')) return 'yes';
  const demands: Match[] = builtIn.map((control) => (control === 'mfa' ? 'no' : 'maybe'));
  if (part(controls, 'authenticationStrength') !== null) demands.push('no');
  for (const other of ['customAuthenticationFactors', 'termsOfUse']) {
    if (texts(controls, other).length > 0) demands.push('maybe');
  }
  if (demands.length === 0) return 'no';
  const isMet = part(controls, 'operator') === 'OR' ? 'some' : 'every';
  return demands[isMet]((demand) => demand === 'no') ? 'no' : 'maybe';
}

function matchesUser(users: Json, person: SignInFacts): Match {
  if (users === null) return 'maybe';
  const among = (kind: 'include' | 'exclude'): boolean => {
    const ids = texts(users, `${kind}Users`);
    return (
      ids.includes('All') ||
      has(ids, person.id) ||
      (person.guest &&
        (ids.includes('GuestsOrExternalUsers') ||
          part(users, `${kind}GuestsOrExternalUsers`) !== null)) ||
      person.groupIds.some((id) => has(texts(users, `${kind}Groups`), id)) ||
      person.roleIds.some((id) => has(texts(users, `${kind}Roles`), id))
    );
  };
  return among('include') && !among('exclude') ? 'yes' : 'no';
}

function matchesApplication(applications: Json, appIds: readonly string[]): Match {
  if (part(applications, 'applicationFilter') !== null) return 'maybe';
  const included = texts(applications, 'includeApplications');
  const excluded = texts(applications, 'excludeApplications');
  const wanted = appIds.filter((id) => !has(excluded, id));
  const isMeant = wanted.some((id) => included.includes('All') || has(included, id));
  return isMeant ? 'yes' : 'no';
}

/** Old protocols are no way to act; a browser and a desktop client are. */
function matchesClient(conditions: Json): Match {
  const types = texts(conditions, 'clientAppTypes');
  return ['all', 'browser', 'mobileAppsAndDesktopClients'].some((type) => types.includes(type))
    ? 'yes'
    : types.length === 0
      ? 'maybe'
      : 'no';
}

function circumstances(conditions: Json): Match[] {
  const locations = part(conditions, 'locations');
  const platforms = part(conditions, 'platforms');
  const isEverywhere =
    locations === null ||
    (texts(locations, 'includeLocations').includes('All') &&
      texts(locations, 'excludeLocations').length === 0);
  const isEveryPlatform =
    platforms === null ||
    (texts(platforms, 'includePlatforms').includes('all') &&
      texts(platforms, 'excludePlatforms').length === 0);
  const depends = [
    'userRiskLevels',
    'signInRiskLevels',
    'servicePrincipalRiskLevels',
    'insiderRiskLevels',
    'devices',
    'agentIdRiskLevels',
  ].some((name) => !isNothing(part(conditions, name)));
  // About workloads and about special flows: an ordinary sign-in of a person is neither.
  const isOther = ['clientApplications', 'authenticationFlows'].some(
    (name) => !isNothing(part(conditions, name)),
  );
  return [
    isEverywhere ? 'yes' : 'maybe',
    isEveryPlatform ? 'yes' : 'maybe',
    depends ? 'maybe' : 'yes',
    isOther ? 'no' : 'yes',
  ];
}

const all = (matches: readonly Match[]): Match =>
  matches.includes('no') ? 'no' : matches.includes('maybe') ? 'maybe' : 'yes';

const isNothing = (value: Json): boolean =>
  value === null || (Array.isArray(value) && value.length === 0);

const part = (value: Json, name: string): Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? ((value as { readonly [member: string]: Json })[name] ?? null)
    : null;

function texts(value: Json, name: string): readonly string[] {
  const list = part(value, name);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

const has = (ids: readonly string[], id: string): boolean =>
  ids.some((known) => known.toLowerCase() === id.toLowerCase());
