import type { Json } from '../../shared/domain/json.js';
import {
  forecastLockout,
  forecastWarnings,
  respondersOf,
  unreadForecast,
} from '../../shared/domain/plan/lockout-forecast.js';
import type { Delta, PlannedObject } from '../../shared/domain/plan/plan.js';
import {
  adminPortals,
  whoCanSignIn,
  type PolicyDocument,
  type SignInFacts,
} from '../../shared/domain/plan/sign-in-model.js';
import { guid, policy } from './support/incidents.js';

const [OLGA, ANNA, CARL, GLASS_A, GLASS_B, GROUP, ROLE] = [1, 2, 3, 4, 5, 6, 7].map(guid) as [
  ...[string, string, string, string, string, string, string],
];
const API = guid(0xa91);

const person = (id: string, over: Partial<SignInFacts> = {}): SignInFacts => ({
  id,
  enabled: true,
  guest: false,
  groupIds: [],
  roleIds: [],
  ...over,
});

interface Parts {
  readonly state?: string;
  readonly users?: { readonly [member: string]: Json };
  readonly applications?: { readonly [member: string]: Json };
  readonly conditions?: { readonly [member: string]: Json };
  readonly grantControls?: Json;
}

/** Blocks everybody from everything, but for what a row says otherwise. */
const blocking = (parts: Parts = {}, id = guid(0xca)): PolicyDocument => ({
  id,
  displayName: 'Block',
  state: parts.state ?? 'enabled',
  conditions: {
    clientAppTypes: ['all'],
    users: { includeUsers: ['All'], ...parts.users },
    applications: { includeApplications: ['All'], ...parts.applications },
    ...parts.conditions,
  },
  grantControls: parts.grantControls ?? { operator: 'OR', builtInControls: ['block'] },
});

const controls = (operator: string, ...builtInControls: string[]) => ({
  grantControls: { operator, builtInControls },
});

describe('whether somebody can sign in', () => {
  const facts = person(OLGA, { groupIds: [GROUP], roleIds: [ROLE.toUpperCase()] });
  const judge = (one: SignInFacts, ...policies: readonly PolicyDocument[]) =>
    whoCanSignIn({ policies, appIds: [API] }, [one])[0]?.can;

  it.each<[string, Parts, string]>([
    ['everybody is blocked', {}, 'cannot'],
    ['the policy is off', { state: 'disabled' }, 'can'],
    ['the policy only reports', { state: 'enabledForReportingButNotEnforced' }, 'can'],
    ['the state is a new word', { state: 'somethingNew' }, 'unknown'],
    ['they are excluded', { users: { excludeUsers: [OLGA.toUpperCase()] } }, 'can'],
    ['a group of theirs is excluded', { users: { excludeGroups: [GROUP] } }, 'can'],
    ['a role of theirs is excluded', { users: { excludeRoles: [ROLE] } }, 'can'],
    [
      'only a role of theirs is meant',
      { users: { includeUsers: [], includeRoles: [ROLE] } },
      'cannot',
    ],
    [
      'only a group of theirs is meant',
      { users: { includeUsers: [], includeGroups: [GROUP] } },
      'cannot',
    ],
    ['only others are meant', { users: { includeUsers: [ANNA] } }, 'can'],
    ['only guests are meant', { users: { includeUsers: ['GuestsOrExternalUsers'] } }, 'can'],
    ['our API is excluded', { applications: { excludeApplications: [API] } }, 'can'],
    ['our API is meant', { applications: { includeApplications: [API] } }, 'cannot'],
    [
      'another application is meant',
      { applications: { includeApplications: ['Office365'] } },
      'can',
    ],
    ['a user action is meant', { applications: { includeApplications: [] } }, 'can'],
    [
      'applications are filtered',
      { applications: { applicationFilter: { rule: 'x' } } },
      'unknown',
    ],
    ['old protocols are meant', { conditions: { clientAppTypes: ['other'] } }, 'can'],
    [
      'some places are meant',
      { conditions: { locations: { includeLocations: ['x'] } } },
      'unknown',
    ],
    [
      'all but trusted places are meant',
      {
        conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } },
      },
      'unknown',
    ],
    [
      'all places are meant',
      { conditions: { locations: { includeLocations: ['All'] } } },
      'cannot',
    ],
    [
      'a platform is meant',
      { conditions: { platforms: { includePlatforms: ['iOS'] } } },
      'unknown',
    ],
    ['a risk is meant', { conditions: { signInRiskLevels: ['high'] } }, 'unknown'],
    ['devices are filtered', { conditions: { devices: { deviceFilter: {} } } }, 'unknown'],
    [
      'device codes are meant',
      { conditions: { authenticationFlows: { transferMethods: 'x' } } },
      'can',
    ],
    ['a second factor is asked for', controls('OR', 'mfa'), 'can'],
    ['a compliant device is asked for', controls('OR', 'compliantDevice'), 'unknown'],
    ['a second factor or a device', controls('OR', 'mfa', 'compliantDevice'), 'can'],
    ['a second factor and a device', controls('AND', 'mfa', 'compliantDevice'), 'unknown'],
    ['nothing is asked for', { grantControls: { operator: 'OR', builtInControls: [] } }, 'can'],
  ])('when %s', (_when, parts, can) => {
    expect(judge(facts, blocking(parts))).toBe(can);
  });

  it.each<[string, Partial<SignInFacts>, string]>([
    ['a disabled account', { enabled: false }, 'cannot'],
    ['an account that is gone', { enabled: null }, 'cannot'],
    ['an account without a policy about it', {}, 'can'],
  ])('of %s', (_what, over, can) => {
    expect(judge(person(OLGA, over))).toBe(can);
  });

  it('is what the strictest policy says, whatever their order', () => {
    const perhaps = blocking({ conditions: { signInRiskLevels: ['high'] } });

    expect(judge(facts, perhaps, blocking())).toBe('cannot');
    expect(judge(facts, blocking(), perhaps)).toBe('cannot');
  });
});

describe('the lock-out forecast', () => {
  const pin = (objectId: string, name: string) => ({ objectId, name });
  const rules = policy({
    people: {
      operators: [pin(OLGA, 'Olga'), pin(CARL, 'Carl')],
      approvers: [pin(ANNA, 'Anna')],
      commanders: [pin(CARL, 'Carl')],
    },
    protected: { breakGlassIds: [GLASS_A, GLASS_B] },
  });
  const responders = respondersOf(rules);
  const everybody = responders.map(({ id }) => person(id));

  const planned = (
    objectType: PlannedObject['objectType'],
    objectId: string,
    ...deltas: Partial<Delta>[]
  ): PlannedObject => ({
    ...{ objectId, objectType, displayName: 'x', privileged: false, residual: [] },
    deltas: deltas.map((one) => ({
      ...{ property: '*', class: 'actorOnly', action: 'update', reason: '', evidence: [] },
      then: { known: true, value: true },
      now: { known: true, value: false },
      ...one,
    })),
  });

  const forecast = (
    policies: readonly PolicyDocument[],
    changed: readonly PlannedObject[],
    over: { facts?: SignInFacts[]; deleted?: PolicyDocument[] } = {},
  ) =>
    forecastLockout(
      { policies, deleted: over.deleted ?? [], ownAppId: API },
      responders,
      over.facts ?? everybody,
      changed,
    );

  const state = (value: string) =>
    ({
      property: 'state',
      then: { known: true, value },
    }) as const;

  it('names everybody once, with all they are', () => {
    expect(responders.map(({ id, roles }) => [id, roles])).toEqual([
      [OLGA, ['operator']],
      [CARL, ['operator', 'commander']],
      [ANNA, ['approver']],
      [GLASS_A, ['breakGlass']],
      [GLASS_B, ['breakGlass']],
    ]);
  });

  it('refuses a plan that turns a policy on which keeps the break-glass accounts out', () => {
    const off = blocking({ state: 'disabled', users: { excludeUsers: [GLASS_A] } });

    const seen = forecast([off], [planned('conditionalAccessPolicy', off.id, state('enabled'))]);

    expect(seen).toMatchObject({ breakGlassAfter: 1, refused: true });
    expect(seen.people.map(({ now, after }) => `${now} ${after}`)).toEqual([
      ...['can cannot', 'can cannot', 'can cannot', 'can can', 'can cannot'],
    ]);
    const warnings = forecastWarnings(seen);
    expect(warnings[0]).toMatch(/LOCK-OUT.*1 break-glass.*lockout/);
    expect(warnings[1]).toContain(GLASS_B);
    expect(warnings.slice(2).join()).toMatch(/Olga.*Carl.*Anna/);
  });

  it('lets a plan pass that takes such a policy away, and says who is kept out until then', () => {
    const bad = blocking();

    const seen = forecast(
      [bad],
      [planned('conditionalAccessPolicy', bad.id, { action: 'softDelete' })],
    );

    expect(seen).toMatchObject({ breakGlassAfter: 2, refused: false });
    expect(seen.people.every(({ now, after }) => now === 'cannot' && after === 'can')).toBe(true);
    expect(forecastWarnings(seen)).toEqual([]);
  });

  it('reads a restored policy from the bin, and fears one that is not there', () => {
    const back = planned('conditionalAccessPolicy', guid(0xca), { action: 'restore' });
    const harmless = blocking({ users: { includeUsers: [], includeRoles: [ROLE] } });

    expect(forecast([], [back], { deleted: [harmless] })).toMatchObject({ refused: false });
    expect(forecast([], [back])).toMatchObject({ breakGlassAfter: 0, refused: true });
  });

  it('counts an unknown break-glass account as one that cannot', () => {
    const risky = blocking({ conditions: { locations: { includeLocations: ['x'] } } });
    const touched = planned('namedLocation', guid(0x10c), { property: 'ipRanges' });

    expect(forecast([risky], [touched])).toMatchObject({ breakGlassAfter: 0, refused: true });
  });

  it('asks of break-glass accounts that they reach the portals too', () => {
    const portals = blocking({ applications: { includeApplications: [adminPortals[0] ?? ''] } });
    const touched = planned('conditionalAccessPolicy', portals.id, state('enabled'));

    const seen = forecast([portals], [touched]);

    expect(seen.people.map(({ after }) => after)).toEqual([
      'can',
      'can',
      'can',
      'cannot',
      'cannot',
    ]);
  });

  it('sees accounts and memberships as the plan leaves them', () => {
    const exempt = blocking({ users: { excludeGroups: [GROUP] } });
    const facts = everybody.map((one) =>
      one.id === OLGA ? { ...one, enabled: false } : { ...one, groupIds: [GROUP] },
    );
    const olga = planned(
      'user',
      OLGA,
      { property: 'accountEnabled' },
      { property: `memberOf/${GROUP}`, action: 'addMember' },
    );

    const seen = forecast([exempt], [olga], { facts });

    expect(seen.people[0]).toMatchObject({ now: 'cannot', after: 'can', damaged: true });
    expect(seen.refused).toBe(false);
  });

  it('does not refuse a plan without policies for what it does not cause', () => {
    const olga = planned('user', OLGA, { property: 'accountEnabled' });

    expect(forecast([blocking()], [olga])).toMatchObject({ breakGlassAfter: 0, refused: false });
  });

  it('that cannot be made refuses a plan of policies, and says why', () => {
    const touched = planned('conditionalAccessPolicy', guid(0xca), state('enabled'));

    const seen = unreadForecast(responders, [touched], 'Policy.Read.All is missing');

    expect(seen.refused).toBe(true);
    expect(forecastWarnings(seen).join()).toMatch(/could not be made.*Policy\.Read\.All/);
  });
});
