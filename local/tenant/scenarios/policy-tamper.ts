import { isoSeconds } from '../directory/instants.js';
import type { Json, Properties } from '../directory/model.js';
import { guidFrom } from '../directory/random.js';
import { policySchema } from '../conditional-access/policy.js';
import { acting, delayNewest, idsOf, type Acting } from './acting.js';
import { othersAtWork } from './others-at-work.js';
import { alertAbout, type Scenario } from './scenario.js';
import { changePolicy, excluding } from './tampering.js';

/** Facts whose objects the actor left different from before. */
const damages = [
  'policiesSwitchedOff',
  'policyWithException',
  'policyDeleted',
  'policyCreated',
  'policyAlsoChanged',
  'policyOverwritten',
  'locationWidened',
  'locationDeleted',
  'settingsLoosened',
  'methodsLoosened',
  'disabled',
];

/**
 * Conditional Access taken apart: policies switched off, an exception, one deleted, one of the actor's
 * own, a network that everybody is in; the tenant's own rules loosened; then accounts are switched off. Another administrator went on
 * working on the same policies.
 */
export const policyTamper: Scenario = {
  name: 'policy-tamper',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const act = acting(stage);
    const { facts, from, to, note, take, each, options, ids, directory, by } = act;
    weaken(act);
    remove(act);
    widen(act);
    loosen(act);
    changedByOthers(act);
    const rest = options.users - idsOf(facts, damages).length;
    each(note('disabled', take(Math.max(4, rest))), (id, at) => {
      directory.update(id, { accountEnabled: false }, by.actor, at);
    });
    othersAtWork(act, facts['disabled'] ?? []);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    facts['damaged'] = idsOf(facts, damages);
    const title = 'Conditional Access policies changed by one administrator';
    return { alert: alertAbout(ids.people.actor, title, { from, to }, true), facts };
  },
};

const named = ({ policies }: Acting, ...names: string[]): string[] =>
  names.map((name) => policies.policies[name] as string);

function weaken(act: Acting): void {
  const { note, each, by, ids } = act;
  const off = named(act, 'CA003: Require MFA for everybody', 'CA002: Block legacy authentication');
  each(note('policiesSwitchedOff', off), (id, at) => {
    changePolicy(act, id, () => ({ state: 'disabled' }), by.actor, at);
  });
  const administrators = named(act, 'CA001: Require MFA for administrators');
  each(note('policyWithException', administrators), (id, at) => {
    changePolicy(act, id, (policy) => excluding(policy, ids.people.actor.id), by.actor, at);
  });
}

function remove(act: Acting): void {
  const { directory, note, each, by, policies, options, ids } = act;
  const risky = named(act, 'CA008: Require MFA for risky sign-ins');
  each(note('policyDeleted', risky), (id, at) => directory.softDelete(id, by.actor, at));
  const offices = policies.locations['Countries of our offices'] as string;
  each(note('locationDeleted', [offices]), (id, at) => directory.softDelete(id, by.actor, at));

  const own = policySchema.parse({
    displayName: 'CA099: Contractors',
    state: 'enabled',
    conditions: {
      clientAppTypes: ['all'],
      applications: { includeApplications: ['All'] },
      users: { includeUsers: [ids.people.outsider.id] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  });
  each(note('policyCreated', [guidFrom(options.seed, 'policy', 'of the actor')]), (id, at) => {
    const dates = { createdDateTime: isoSeconds(at), modifiedDateTime: isoSeconds(at) };
    const properties = { ...own, templateId: null, ...dates };
    directory.create('conditionalAccessPolicy', id, properties, by.actor, at);
  });
}

/** Half the internet becomes the headquarters. */
function widen({ directory, note, each, by, policies }: Acting): void {
  const half = { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '128.0.0.0/1' };
  each(note('locationWidened', [policies.locations['Headquarters'] as string]), (id, at) => {
    const ipRanges = directory.object(id).properties['ipRanges'] as readonly Json[];
    const patch = { ipRanges: [...ipRanges, half], modifiedDateTime: isoSeconds(at) };
    directory.update(id, patch, by.actor, at);
  });
}

/** Everybody may invite guests, consent to risky applications and sign in by text message. */
function loosen({ directory, note, each, by }: Acting): void {
  each(note('settingsLoosened', ['authorizationPolicy']), (id, at) => {
    const patch = { allowInvitesFrom: 'everyone', allowUserConsentForRiskyApps: true };
    directory.update(id, patch, by.actor, at);
  });
  each(note('methodsLoosened', ['authenticationMethodsPolicy']), (id, at) => {
    const name = 'authenticationMethodConfigurations';
    const methods = directory.object(id).properties[name] as readonly Properties[];
    const isText = ({ id: method }: Properties) => method === 'Sms';
    const loosened = methods.map((one) => (isText(one) ? { ...one, state: 'enabled' } : one));
    directory.update(id, { [name]: loosened }, by.actor, at);
  });
}

/** Beside the actor's change, after it on the same member, and on a policy the actor left alone. */
function changedByOthers(act: Acting): void {
  const { note, each, by } = act;
  const portals = note('policyAlsoChanged', named(act, 'CA005: Require MFA for the admin portals'));
  each(portals, (id, at) => changePolicy(act, id, () => ({ state: 'disabled' }), by.actor, at));
  each(portals, (id, at) => {
    const displayName = 'CA005: MFA for the admin portals';
    changePolicy(act, id, () => ({ displayName }), by.other, at);
  });

  const expenses = named(act, 'CA011: Expense Desk from managed devices only');
  each(
    note('policyOverwritten', expenses),
    (id, at) => changePolicy(act, id, () => ({ state: 'disabled' }), by.actor, at),
    [0, 0.4],
  );
  const reportOnly = 'enabledForReportingButNotEnforced';
  each(
    expenses,
    (id, at) => changePolicy(act, id, () => ({ state: reportOnly }), by.other, at),
    [0.6, 1],
  );

  each(note('policyOfOthers', named(act, 'CA010: Require MFA for guests')), (id, at) => {
    changePolicy(act, id, () => ({ displayName: 'CA010: MFA for guests' }), by.other, at);
  });
}
