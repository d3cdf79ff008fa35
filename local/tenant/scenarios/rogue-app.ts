import { minute } from '../directory/instants.js';
import { text, type Initiator } from '../directory/model.js';
import { guidFrom } from '../directory/random.js';
import { acting, delayNewest, idsOf, type Acting } from './acting.js';
import { othersAtWork } from './others-at-work.js';
import { alertAbout, type Scenario } from './scenario.js';
import { addSecret, expenseDesk, grantGraphRole } from './tampering.js';

/** Facts whose objects somebody of the two left different from before. */
const damages = [
  'disabled',
  'disabledThroughApp',
  'secretAdded',
  'applicationCreated',
  'rolesGranted',
  'consentWidened',
];

/**
 * A person puts a secret on the company's Expense Desk, and from then on the application acts by itself:
 * it gives itself and others rights, brings an application of its own, and switches accounts off. A part
 * of them the person switches off through it, as a delegated call.
 */
export const rogueApp: Scenario = {
  name: 'rogue-app',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const act = acting(stage);
    const { facts, from, to, ids, options, directory } = act;
    const { servicePrincipal } = expenseDesk(options.seed);
    const appId = text(directory.object(servicePrincipal).properties, 'appId');
    const rogue: Initiator = {
      kind: 'app',
      servicePrincipalId: servicePrincipal,
      displayName: 'Expense Desk',
    };
    takeOver(act, servicePrincipal);
    spread(act, servicePrincipal, rogue);
    switchOff(act, rogue);
    changedByOthers(act);
    stage.timeline.play();
    delayNewest(stage, 0.05, rogue);

    facts['damaged'] = idsOf(facts, damages);
    facts['rogue'] = [servicePrincipal];
    const title = 'An application gave itself rights and changes accounts in bulk';
    const alert = alertAbout(ids.people.actor, title, { from, to }, true);
    return { alert: { ...alert, customDetails: { InitiatingAppId: [appId] } }, facts };
  },
};

function takeOver(act: Acting, servicePrincipal: string): void {
  const { timeline, note, from, by } = act;
  note('secretAdded', [servicePrincipal]);
  timeline.at(from, (at) => addSecret(act, servicePrincipal, 'temp', by.actor, at));
}

/** Rights of its own, more scopes in the consent it has, an application that would survive it. */
function spread(act: Acting, servicePrincipal: string, rogue: Initiator): void {
  const { directory, timeline, note, from, options } = act;
  const { seed } = options;
  const values = ['Directory.ReadWrite.All', 'User.ReadWrite.All'];
  const roles = note(
    'rolesGranted',
    values.map((value) => guidFrom(seed, 'granted to rogue', value)),
  );
  values.forEach((value, index) => {
    const grant = { id: roles[index] as string, principalId: servicePrincipal, value };
    timeline.at(from + 20_000 + index * 1000, (at) => grantGraphRole(act, grant, rogue, at));
  });
  const [grant = ''] = note('consentWidened', [guidFrom(seed, 'expense grant')]);
  timeline.at(from + 30_000, (at) => {
    directory.changeScopes(grant, 'User.Read Mail.Read Mail.Send Files.Read.All', rogue, at);
  });
  const [application = ''] = note('applicationCreated', [guidFrom(seed, 'helper application')]);
  timeline.at(from + 40_000, (at) => {
    const appId = guidFrom(seed, 'helper app');
    const properties = {
      appId,
      displayName: 'Sync Helper',
      signInAudience: 'AzureADMyOrg',
      identifierUris: [],
      passwordCredentials: [],
      keyCredentials: [],
      isDisabled: null,
      createdDateTime: new Date(at).toISOString(),
    };
    directory.create('application', application, properties, rogue, at);
    addSecret(act, application, 'first', rogue, at);
  });
}

/** Two thirds the application does alone, one third the person does through it. */
function switchOff(act: Acting, rogue: Initiator): void {
  const { directory, note, take, each, options, ids } = act;
  const people = take(Math.max(6, options.users));
  const alone = note('disabled', people.slice(0, Math.ceil((people.length * 2) / 3)));
  const through = note('disabledThroughApp', people.slice(alone.length));
  const { id, userPrincipalName } = ids.people.actor;
  const delegated: Initiator = {
    kind: 'user',
    id,
    userPrincipalName,
    displayName: 'Expense Desk',
    ipAddress: '203.0.113.57',
  };
  const off = { accountEnabled: false };
  each(alone, (one, at) => directory.update(one, off, rogue, at), [0.15, 1]);
  each(through, (one, at) => directory.update(one, off, delegated, at), [0.15, 1]);
  othersAtWork(act, alone);
}

/** A secret that the application's owner renewed before, on its other object. */
function changedByOthers(act: Acting): void {
  const { timeline, note, from, options, by } = act;
  const [application = ''] = note('secretOfOthers', [expenseDesk(options.seed).application]);
  timeline.at(from - 20 * minute, (at) => {
    addSecret(act, application, 'deployment 2', by.other, at);
  });
}
