import { minute, second } from '../directory/instants.js';
import { guidFrom, shuffled } from '../directory/random.js';
import { roleId } from '../directory/roles.js';
import { delayNewest } from './bulk-disable.js';
import { damageAccounts, damageProperties } from './mixed-users.js';
import { damageGroups } from './mixed-groups.js';
import { alertAbout, moments, taker, type Facts, type Scenario, type Stage } from './scenario.js';

/** What the parts of the scenario share: the window, people nobody used yet, and the facts so far. */
export interface MixedStage extends Stage {
  readonly from: number;
  readonly to: number;
  readonly take: (count: number) => string[];
  readonly facts: Facts;
  /** Notes a fact and answers its ids. */
  readonly note: (name: string, ids: string[]) => string[];
  /** One act per id, spread over a part of the window given as shares of it. */
  readonly each: (
    ids: readonly string[],
    run: (id: string, at: number, index: number) => void,
    part?: readonly [number, number],
  ) => void;
}

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
    const from = stage.start - 9 * minute;
    const to = stage.start - 2 * minute;
    const facts: Facts = {};
    const mixedStage: MixedStage = {
      ...stage,
      from,
      to,
      facts,
      take: taker(shuffled(stage.random, stage.ordinary.slice(peopleOfProjects))),
      note: (name, ids) => (facts[name] = ids),
      each: (ids, run, [begin, end] = [0, 1]) => {
        const length = to - from;
        const times = moments(stage.random, from + begin * length, from + end * length, ids.length);
        ids.forEach((id, index) =>
          stage.timeline.at(times[index] as number, (at) => run(id, at, index)),
        );
      },
    };
    elevate(mixedStage);
    damageAccounts(mixedStage);
    damageProperties(mixedStage);
    damageGroups(mixedStage);
    changedByOthers(mixedStage);
    disableTheRest(mixedStage);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    facts['damaged'] = [...new Set(damages.flatMap((name) => facts[name] ?? []))];
    const { actor } = stage.ids.people;
    const title = 'Unusual number of directory changes by one administrator';
    return { alert: alertAbout(actor, title, { from, to }, false), facts };
  },
};

/** The first employees are members of the project groups, whose membership is damage of its own. */
const peopleOfProjects = 80;

function elevate({ directory, timeline, ids, by, start, options }: MixedStage): void {
  const assignment = guidFrom(options.seed, 'activated role');
  const role = roleId('Privileged Authentication Administrator');
  timeline.at(start - 35 * minute, (at) => {
    directory.grantRole(assignment, ids.people.actor.id, role, by.pim, at);
  });
  timeline.at(start - 90 * second, (at) => directory.endAssignment(assignment, by.pim, at));
}

/** What the product must leave alone: changes by others, and one that nobody can explain. */
function changedByOthers({ directory, note, take, each, by }: MixedStage): void {
  each(note('otherOnly', take(5)), (id, at) => {
    directory.update(id, { department: 'Customer Care' }, by.hr, at);
  });
  each(note('unexplained', take(2)), (id, at) => {
    directory.update(id, { jobTitle: 'Unknown' }, by.other, at, { silent: true });
  });
}

/** Whatever is left of the number asked for: plain damage, one property, one writer. */
function disableTheRest({ directory, facts, note, take, each, by, options }: MixedStage): void {
  const special = new Set(damages.flatMap((name) => facts[name] ?? [])).size;
  each(note('actorOnly', take(Math.max(8, options.users - special))), (id, at, index) => {
    const patch = index % 4 === 3 ? { jobTitle: 'Redundant' } : { accountEnabled: false };
    directory.update(id, patch, by.actor, at);
  });
}
