import { minute } from '../directory/instants.js';
import { text, type Json } from '../directory/model.js';
import { guidFrom } from '../directory/random.js';
import { acting, delayNewest, idsOf, type Acting } from './acting.js';
import { othersAtWork } from './others-at-work.js';
import { employee } from './people.js';
import { domain } from './company.js';
import { alertAbout, moments, type Scenario } from './scenario.js';

/** Facts whose objects the actor deleted and nobody gave back yet. */
const damages = [
  'softDeleted',
  'hardDeleted',
  'upnTaken',
  'proxyTaken',
  'groupsDeleted',
  'applicationDeleted',
  'servicePrincipalDeleted',
];

/**
 * Users, groups and an application with its service principal go to the recycle bin, three users for
 * good. Since then the people system hired two of them again under their old names, an address of a
 * third went to a colleague, and two were given back by another administrator.
 */
export const massDelete: Scenario = {
  name: 'mass-delete',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const community = addCommunity(stage);
    const act = acting(stage, peopleOfProjects);
    const { facts, from, to, ids } = act;
    deleteUsers(act);
    deleteGroupsAndApplication(act, community);
    namesTakenSince(act);
    goneForGoodReasons(act);
    othersAtWork(act, []);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    facts['damaged'] = idsOf(facts, damages);
    const title = 'Mass deletion of users, groups and an application by one administrator';
    return { alert: alertAbout(ids.people.actor, title, { from, to }, true), facts };
  },
};

/** Members of the groups that are deleted stay, so that their memberships can be judged. */
const peopleOfProjects = 80;

const fewest = 10;

/** A Microsoft 365 group, which the company has none of so far. */
function addCommunity({
  directory,
  ordinary,
  options,
}: Pick<Acting, 'directory' | 'ordinary' | 'options'>): string {
  const id = guidFrom(options.seed, 'group', 'community');
  directory.seed('group', id, {
    displayName: 'Company choir',
    description: 'Everybody who sings',
    groupTypes: ['Unified'],
    mailEnabled: true,
    mail: `choir@${domain}`,
    mailNickname: 'choir',
    proxyAddresses: [`SMTP:choir@${domain}`],
    securityEnabled: false,
    isAssignableToRole: null,
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesSyncEnabled: null,
    visibility: 'Private',
    createdDateTime: '2023-01-16T08:00:00Z',
  });
  for (const member of ordinary.slice(0, 12)) directory.seedLink(id, 'members', member);
  return id;
}

function deleteUsers(act: Acting): void {
  const { directory, timeline, note, take, each, options, to, by } = act;
  const remove = (id: string, at: number) => directory.softDelete(id, by.actor, at);

  const lost = note('hardDeleted', take(3));
  each(lost, remove, [0, 0.4]);
  each(lost, (id, at) => directory.hardDelete(id, by.actor, at), [0.5, 1]);
  each(note('upnTaken', take(2)), remove, [0, 0.4]);
  each(note('proxyTaken', take(1)), remove, [0, 0.4]);
  each(note('softDeleted', take(Math.max(fewest, options.users) - 8)), remove);

  const returned = note('restoredAlready', take(2));
  each(returned, remove, [0, 0.4]);
  returned.forEach((id, index) => {
    timeline.at(to + index, (at) => directory.restore(id, by.other, at));
  });
}

/** Deleting an application takes its service principal along. */
function deleteGroupsAndApplication(act: Acting, community: string): void {
  const { directory, note, each, groups, options, by } = act;
  const projects = groups.projects.slice(0, 2);
  each(note('groupsDeleted', [...projects, community]), (id, at) => {
    directory.softDelete(id, by.actor, at);
  });
  note('servicePrincipalDeleted', [guidFrom(options.seed, 'expense service principal')]);
  each(note('applicationDeleted', [guidFrom(options.seed, 'expense application')]), (id, at) => {
    directory.softDelete(id, by.actor, at);
  });
}

/** Why a plain restore of three people cannot succeed. */
function namesTakenSince({
  directory,
  facts,
  note,
  take,
  each,
  options,
  start,
  random,
  by,
}: Acting): void {
  const taken = facts['upnTaken'] ?? [];
  const names = taken.map((id) => text(directory.object(id).properties, 'userPrincipalName'));
  const hired = taken.map((_, index) => guidFrom(options.seed, 'hired again', index));
  each(
    note('hiredAgain', hired),
    (id, at, index) => {
      const userPrincipalName = names[index] as string;
      const person = employee(random, 910_000 + index, domain, start);
      const createdDateTime = new Date(at).toISOString();
      const name = {
        userPrincipalName,
        mail: userPrincipalName,
        proxyAddresses: [`SMTP:${userPrincipalName}`],
      };
      directory.create('user', id, { ...person, ...name, createdDateTime }, by.hr, at);
    },
    [0.5, 1],
  );

  const [inBin = ''] = facts['proxyTaken'] ?? [];
  const [, alias] = directory.object(inBin).properties['proxyAddresses'] as readonly string[];
  each(
    note('addressHolder', take(1)),
    (id, at) => {
      const own = directory.object(id).properties['proxyAddresses'] as readonly Json[];
      directory.update(id, { proxyAddresses: [...own, alias as string] }, by.other, at);
    },
    [0.5, 1],
  );
}

/** Leavers whom the people system deleted, before and meanwhile; they stay where they are. */
function goneForGoodReasons({
  directory,
  timeline,
  random,
  note,
  take,
  start,
  to,
  by,
}: Acting): void {
  const leavers = note('leavers', take(4));
  moments(random, start - 50 * minute, to, leavers.length).forEach((moment, index) => {
    const id = leavers[index] as string;
    timeline.at(moment, (at) => directory.softDelete(id, by.hr, at));
  });
}
