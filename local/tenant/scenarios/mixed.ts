import { minute, second } from '../directory/instants.js';
import { guidFrom } from '../directory/random.js';
import { roleId } from '../directory/roles.js';
import { acting, delayNewest, idsOf, type Acting } from './acting.js';
import { damageAccounts, damageProperties } from './mixed-users.js';
import { damageGroups } from './mixed-groups.js';
import { alertAbout, type Scenario } from './scenario.js';

/** Facts whose objects the actor left different from before. */
const damages = [
  'actorOnly',
  'alsoChangedByOthers',
  'overwrittenLater',
  'created',
  'softDeleted',
  'hardDeleted',
  'restored',
  'synced',
  'managerChanged',
  'unsupported',
  'roleHolders',
  'roleGroupMembers',
  'unknownOldValue',
  'extensionsWiped',
  'renamed',
  'dynamicFollowers',
  'groupsChanged',
  'groupsDeleted',
];

/**
 * Every class of the attribution table at once. The actor held Privileged Authentication Administrator
 * through PIM for half an hour; the product's own identity is only a User Administrator.
 */
export const mixed: Scenario = {
  name: 'mixed',
  ourRoles: ['User Administrator'],
  play: (stage) => {
    const act = acting(stage, peopleOfProjects);
    const { facts, from, to } = act;
    elevate(act);
    damageAccounts(act);
    damageProperties(act);
    damageGroups(act);
    changedByOthers(act);
    disableTheRest(act);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    facts['damaged'] = idsOf(facts, damages);
    const { actor } = stage.ids.people;
    const title = 'Unusual number of directory changes by one administrator';
    return { alert: alertAbout(actor, title, { from, to }, false), facts };
  },
};

/** The first employees are members of the project groups, whose membership is damage of its own. */
const peopleOfProjects = 80;

function elevate({ directory, timeline, ids, by, start, options }: Acting): void {
  const assignment = guidFrom(options.seed, 'activated role');
  const role = roleId('Privileged Authentication Administrator');
  timeline.at(start - 35 * minute, (at) => {
    directory.grantRole(assignment, ids.people.actor.id, role, by.pim, at);
  });
  timeline.at(start - 90 * second, (at) => directory.endAssignment(assignment, by.pim, at));
}

/** What the product must leave alone: changes by others, and one that nobody can explain. */
function changedByOthers({ directory, note, take, each, by }: Acting): void {
  each(note('otherOnly', take(5)), (id, at) => {
    directory.update(id, { department: 'Customer Care' }, by.hr, at);
  });
  each(note('unexplained', take(2)), (id, at) => {
    directory.update(id, { jobTitle: 'Unknown' }, by.other, at, { silent: true });
  });
}

/** Whatever is left of the number asked for: plain damage, one property, one writer. */
function disableTheRest({ directory, facts, note, take, each, by, options }: Acting): void {
  const special = idsOf(facts, damages).length;
  each(note('actorOnly', take(Math.max(8, options.users - special))), (id, at, index) => {
    const patch = index % 4 === 3 ? { jobTitle: 'Redundant' } : { accountEnabled: false };
    directory.update(id, patch, by.actor, at);
  });
}
