import { hour } from '../directory/instants.js';
import { guidFrom } from '../directory/random.js';
import { roleId } from '../directory/roles.js';
import { acting, delayNewest, type Acting } from './acting.js';
import { domain } from './company.js';
import { othersAtWork } from './others-at-work.js';
import { employee } from './people.js';
import { alertAbout, type Scenario } from './scenario.js';
import {
  addSecret,
  changePolicy,
  excluding,
  expenseDesk,
  foreignServicePrincipal,
} from './tampering.js';

/**
 * The actor prepared a day and a half before the newest snapshots were taken: a secret, a consent, an
 * account with a role, a weaker policy, and wrong departments of three people whom they damage again.
 * Only the older snapshots know the state before that.
 */
export const poisoned: Scenario = {
  name: 'poisoned',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const act = acting(stage);
    const { facts, from, to, note, take, each, options, ids, directory, by } = act;
    const twice = note('damagedTwice', take(3));
    prepare(act, twice);
    changedByOthersThen(act);

    const disabled = note('disabled', take(Math.max(1, options.users - twice.length)));
    each(disabled, (id, at) => directory.update(id, { accountEnabled: false }, by.actor, at));
    each(twice, (id, at) => directory.update(id, { department: 'Dissolved' }, by.actor, at));
    note('damaged', [...disabled, ...twice]);
    othersAtWork(act, disabled);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    const title = 'Mass account disablement by one administrator';
    return { alert: alertAbout(ids.people.actor, title, { from, to }, true), facts };
  },
};

/** Before the two newest of the seven snapshots, after the five others. */
const preparation = (act: Acting): number => (act.snapshots[1] as number) - 6 * hour;

function prepare(act: Acting, twice: readonly string[]): void {
  const { directory, timeline, note, options, policies, ids, by, random, start } = act;
  const { seed } = options;
  const begin = preparation(act);
  let step = 0;
  const then = (run: (at: number) => void) => timeline.at(begin + (step += 1) * 60_000, run);

  const [servicePrincipal] = note('secretAdded', [expenseDesk(seed).servicePrincipal]);
  then((at) => addSecret(act, servicePrincipal as string, 'maintenance', by.actor, at));

  const [client] = note('consentedApp', [guidFrom(seed, 'notes service principal')]);
  const [grantId] = note('consentGiven', [guidFrom(seed, 'notes grant')]);
  const app = foreignServicePrincipal(guidFrom(seed, 'notes app'), 'Meeting Notes');
  const grant = { resourceId: ids.graphServicePrincipalId, principalId: null };
  const scope = 'Mail.Read User.ReadWrite.All offline_access';
  then((at) => {
    directory.create('servicePrincipal', client as string, app, by.actor, at);
    const wish = { ...grant, clientId: client as string, scope };
    directory.grantScopes(grantId as string, wish, by.actor, at, true);
  });

  const [account = ''] = note('accountPrepared', [guidFrom(seed, 'prepared account')]);
  const name = `svc-backup@${domain}`;
  const person = employee(random, 920_000, domain, start);
  then((at) => {
    const own = { userPrincipalName: name, mail: name, displayName: 'svc-backup' };
    const createdDateTime = new Date(at).toISOString();
    directory.create('user', account, { ...person, ...own, createdDateTime }, by.actor, at);
  });
  const assignment = guidFrom(seed, 'prepared role');
  const role = roleId('Privileged Role Administrator');
  then((at) => directory.grantRole(assignment, account, role, by.actor, at));

  const names = ['CA001: Require MFA for administrators', 'CA003: Require MFA for everybody'];
  const [administrators = '', everybody = ''] = note(
    'policyWeakened',
    names.map((policy) => policies.policies[policy] as string),
  );
  then((at) => {
    changePolicy(act, administrators, (policy) => excluding(policy, account), by.actor, at);
  });
  const reportOnly = 'enabledForReportingButNotEnforced';
  then((at) => changePolicy(act, everybody, () => ({ state: reportOnly }), by.actor, at));

  for (const id of twice) {
    then((at) => directory.update(id, { department: 'Closing' }, by.actor, at));
  }
}

/** The same kinds of act by somebody who may, at the same time: nothing to do with the incident. */
function changedByOthersThen(act: Acting): void {
  const { timeline, note, options, policies, by } = act;
  const begin = preparation(act);
  const [policy = ''] = note('policyOfOthers', [
    policies.policies['CA010: Require MFA for guests'] as string,
  ]);
  timeline.at(begin + 30_000, (at) => {
    changePolicy(act, policy, () => ({ displayName: 'CA010: MFA for guests' }), by.other, at);
  });
  const [application = ''] = note('secretOfOthers', [expenseDesk(options.seed).application]);
  timeline.at(begin + 90_000, (at) => {
    addSecret(act, application, 'deployment 2', by.other, at);
  });
}
