import { text } from '../../../local/tenant/directory/model.js';
import { initiatorId } from '../../../local/tenant/directory/model.js';
import { readPolicy } from '../../../local/tenant/conditional-access/policy.js';
import type { World } from '../../../local/tenant/scenarios/world.js';
import { differing, fact, start, together, world } from './scenario-world.js';

const byOthers = ['movedBefore', 'movedMeanwhile', 'ownNumber'];
const secretsOf = (view: World['directory']['now'], id: string): unknown[] =>
  view.get(id)?.properties['passwordCredentials'] as unknown[];
const policyOf = (view: World['directory']['now'], id: string) =>
  readPolicy(view.get(id)?.properties ?? {});

describe('poisoned', () => {
  const made = world('poisoned', 60);
  const { now } = made.directory;
  const [newest = 0, second = 0, third = 0] = made.snapshots;

  it('the two newest snapshots know the prepared state, the third does not', () => {
    const [account = ''] = fact(made, 'accountPrepared');
    const [administrators = '', everybody = ''] = fact(made, 'policyWeakened');
    const [principal = ''] = fact(made, 'secretAdded');
    const [client = ''] = fact(made, 'consentedApp');

    for (const instant of [newest, second]) {
      const view = made.directory.asOf(instant);
      expect(view.state(account)).toBe('live');
      expect(view.state(client)).toBe('live');
      expect(secretsOf(view, principal)).toHaveLength(2);
      expect(policyOf(view, administrators).conditions.users.excludeUsers).toContain(account);
      expect(policyOf(view, everybody).state).toBe('enabledForReportingButNotEnforced');
    }
    const clean = made.directory.asOf(third);
    expect(clean.state(account)).toBe('gone');
    expect(clean.state(client)).toBe('gone');
    expect(secretsOf(clean, principal)).toHaveLength(1);
    expect(policyOf(clean, everybody).state).toBe('enabled');
  });

  it('the prepared account holds a role, and the foreign application a consent for everybody', () => {
    const [account = ''] = fact(made, 'accountPrepared');
    const [grant = ''] = fact(made, 'consentGiven');
    const holders = [...now.list('roleAssignment')].map(({ properties }) =>
      text(properties, 'principalId'),
    );

    expect(holders).toContain(account);
    expect(now.get(grant)?.properties).toMatchObject({ consentType: 'AllPrincipals' });
  });

  it('three people were damaged before the newest snapshot and again in the window', () => {
    const clean = made.directory.asOf(third);

    for (const id of fact(made, 'damagedTwice')) {
      expect(made.directory.asOf(newest).get(id)?.properties['department']).toBe('Closing');
      expect(now.get(id)?.properties['department']).toBe('Dissolved');
      expect(['Closing', 'Dissolved']).not.toContain(clean.get(id)?.properties['department']);
    }
    expect(differing(made)).toEqual(together(made, ['damaged', ...byOthers]));
    expect(fact(made, 'damaged')).toHaveLength(60);
  });

  it('others changed a policy and a secret at the same time', () => {
    const [policy = ''] = fact(made, 'policyOfOthers');
    const [application = ''] = fact(made, 'secretOfOthers');

    expect(text(now.get(policy)?.properties ?? {}, 'displayName')).toBe('CA010: MFA for guests');
    expect(secretsOf(now, application)).toHaveLength(2);
  });
});

describe('policy-tamper', () => {
  const made = world('policy-tamper', 40);
  const { now } = made.directory;
  const before = made.directory.asOf(start - 10 * 60_000);

  it('exactly the policies and locations that the facts name differ', () => {
    const types = ['conditionalAccessPolicy', 'namedLocation'] as const;
    const ids = types.flatMap((type) =>
      (['live', 'deleted'] as const).flatMap((state) =>
        [...now.list(type, state)].map(({ id }) => id),
      ),
    );
    const changed = ids.filter(
      (id) =>
        before.state(id) !== now.state(id) ||
        JSON.stringify(before.get(id)?.properties) !== JSON.stringify(now.get(id)?.properties),
    );
    const people = new Set([
      ...fact(made, 'disabled'),
      ...together(made, ['settingsLoosened', 'methodsLoosened']),
    ]);
    const named = [...fact(made, 'damaged'), ...fact(made, 'policyOfOthers')];

    expect(changed.sort()).toEqual(named.filter((id) => !people.has(id)).sort());
    expect(fact(made, 'damaged')).toHaveLength(40);
  });

  it('policies are off, in the bin, new or have an exception; a network is half the internet', () => {
    const [exception = ''] = fact(made, 'policyWithException');
    const [widened = ''] = fact(made, 'locationWidened');

    for (const id of fact(made, 'policiesSwitchedOff')) {
      expect([policyOf(before, id).state, policyOf(now, id).state]).toEqual([
        'enabled',
        'disabled',
      ]);
    }
    expect(policyOf(now, exception).conditions.users.excludeUsers).toContain(
      made.ids.people.actor.id,
    );
    for (const id of [...fact(made, 'policyDeleted'), ...fact(made, 'locationDeleted')]) {
      expect(now.state(id)).toBe('deleted');
    }
    for (const id of fact(made, 'policyCreated')) expect(now.state(id)).toBe('live');
    expect(now.get(widened)?.properties['ipRanges']).toHaveLength(3);
    expect(now.get('authorizationPolicy')?.properties).toMatchObject({
      allowInvitesFrom: 'everyone',
      allowUserConsentForRiskyApps: true,
    });
  });

  it('the word of the other administrator stands beside and after the actor', () => {
    const [beside = ''] = fact(made, 'policyAlsoChanged');
    const [after = ''] = fact(made, 'policyOverwritten');

    expect(policyOf(now, beside)).toMatchObject({
      state: 'disabled',
      displayName: 'CA005: MFA for the admin portals',
    });
    expect(policyOf(now, after).state).toBe('enabledForReportingButNotEnforced');
  });
});

describe('rogue-app', () => {
  const made = world('rogue-app', 60);
  const { now, trail } = { now: made.directory.now, trail: made.directory.trail };
  const [rogue = ''] = fact(made, 'rogue');
  const writers = (name: string) =>
    new Set(
      fact(made, name).map((id) => {
        const row = trail.events.findLast(({ targets }) => targets.some((one) => one.id === id));
        return row === undefined ? null : initiatorId(row.by);
      }),
    );

  it('a person opens the application, which goes on by itself and through the person', () => {
    const secret = trail.events.find(
      ({ targets, activity }) =>
        targets[0]?.id === rogue && activity === 'Add service principal credentials',
    );

    expect(secret?.by).toMatchObject({ id: made.ids.people.actor.id });
    expect(secretsOf(now, rogue)).toHaveLength(2);
    expect([...fact(made, 'disabled'), ...fact(made, 'disabledThroughApp')]).toHaveLength(60);
    expect(writers('disabledThroughApp')).toEqual(new Set([made.ids.people.actor.id]));
    const alone = fact(made, 'disabled').filter((id) => !fact(made, 'movedMeanwhile').includes(id));
    expect(alone.length).toBeGreaterThan(30);
    for (const id of alone) {
      const rows = trail.events.filter(({ targets }) => targets[0]?.id === id);
      expect(rows.map(({ by }) => initiatorId(by))).toContain(rogue);
    }
  });

  it('it holds new rights, a wider consent and an application of its own', () => {
    const [grant = ''] = fact(made, 'consentWidened');
    const [application = ''] = fact(made, 'applicationCreated');

    for (const id of fact(made, 'rolesGranted')) {
      expect(now.get(id)?.properties).toMatchObject({ principalId: rogue });
    }
    expect(now.get(grant)?.properties['scope']).toContain('Mail.Send');
    expect(secretsOf(now, application)).toHaveLength(1);
  });

  it('the alert names the application and the person', () => {
    const appId = text(now.get(rogue)?.properties ?? {}, 'appId');

    expect(made.alert.customDetails).toEqual({ InitiatingAppId: [appId] });
    expect(made.alert.accounts[0]?.aadUserId).toBe(made.ids.people.actor.id);
  });
});

describe('responders-locked-out', () => {
  const made = world('responders-locked-out', 40);
  const { now } = made.directory;
  const { people } = made.ids;

  it('operator and approver are off; emergency access and commander are not', () => {
    expect(fact(made, 'responders')).toEqual([people.operator.id, people.approver.id]);
    for (const { id } of [people.operator, people.approver]) {
      expect(now.get(id)?.properties['accountEnabled']).toBe(false);
    }
    for (const { id } of [people.breakGlass1, people.breakGlass2, people.commander]) {
      expect(now.get(id)?.properties['accountEnabled']).toBe(true);
    }
  });

  it('a policy blocks everybody but the actor and emergency access', () => {
    const [id = ''] = fact(made, 'blockingPolicy');
    const { conditions, grantControls, state } = policyOf(now, id);

    expect(state).toBe('enabled');
    expect(grantControls?.builtInControls).toEqual(['block']);
    expect(conditions.users.includeUsers).toEqual(['All']);
    expect(conditions.users.excludeUsers).toEqual([
      people.actor.id,
      people.breakGlass1.id,
      people.breakGlass2.id,
    ]);
  });
});
