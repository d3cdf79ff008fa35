import { chance } from '../directory/random.js';
import { acting, delayNewest, type Acting } from './acting.js';
import { othersAtWork } from './others-at-work.js';
import { alertAbout, type Scenario } from './scenario.js';

/** One membership; in the facts it is the text `PERSON/GROUP`. */
interface Membership {
  readonly id: string;
  readonly group: string;
}

/**
 * A script that takes everybody in its list out of all their static groups, and puts a tenth of them
 * into departments they do not belong in. Another administrator put a few back already; the people
 * system regrouped others meanwhile.
 */
export const membershipWipe: Scenario = {
  name: 'membership-wipe',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const act = acting(stage);
    const { facts, from, to, note, take, options, ids } = act;
    const damaged = note('damaged', take(options.users));
    takeOut(act, damaged);
    putIn(act, damaged);
    regroup(act);
    othersAtWork(act, damaged);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    const title = 'Group memberships removed in bulk by one administrator';
    return { alert: alertAbout(ids.people.actor, title, { from, to }, true), facts };
  },
};

function takeOut(act: Acting, damaged: readonly string[]): void {
  const { directory, timeline, random, note, groups, to, by } = act;
  const statics = [...groups.byDepartment.values(), ...groups.projects];
  const lost = damaged.flatMap((id) =>
    statics
      .filter((group) => directory.now.linked(group, 'members', id))
      .map((group) => ({ id, group })),
  );
  change(act, lost, false);

  const putBack = lost.filter(() => chance(random, 0.05));
  putBack.forEach(({ id, group }, index) => {
    timeline.at(to + index, (at) => directory.setLink('members', group, id, true, by.other, at));
  });
  note('removed', named(lost.filter((one) => !putBack.includes(one))));
  note('putBack', named(putBack));
}

/** A tenth of them, and at least one. */
function putIn(act: Acting, damaged: readonly string[]): void {
  const { directory, note, groups } = act;
  const departments = [...groups.byDepartment.values()];
  const intruders = damaged.slice(0, Math.max(1, Math.round(damaged.length / 10)));
  const added = intruders.map((id, index) => {
    const foreign = departments.filter((group) => !directory.now.linked(group, 'members', id));
    return { id, group: foreign[index % foreign.length] as string };
  });
  note('added', named(added));
  change(act, added, true);
}

function change(
  { directory, each, by }: Acting,
  memberships: readonly Membership[],
  added: boolean,
): void {
  const people = memberships.map(({ id }) => id);
  each(people, (id, at, index) => {
    const { group } = memberships[index] as Membership;
    directory.setLink('members', group, id, added, by.actor, at);
  });
}

/** Five movers of the people system: out of their department, into another. */
function regroup({ directory, note, take, each, groups, by }: Acting): void {
  const departments = [...groups.byDepartment.values()];
  const movers = take(5);
  const joined: Membership[] = [];
  const left: Membership[] = [];
  movers.forEach((id, index) => {
    const isIn = (group: string) => directory.now.linked(group, 'members', id);
    const others = departments.filter((group) => !isIn(group));
    joined.push({ id, group: others[index % others.length] as string });
    left.push({ id, group: departments.find(isIn) as string });
  });
  note('left', named(left));
  note('joined', named(joined));
  each(movers, (id, at, index) => {
    directory.setLink('members', (left[index] as Membership).group, id, false, by.hr, at);
    directory.setLink('members', (joined[index] as Membership).group, id, true, by.hr, at);
  });
}

const named = (memberships: readonly Membership[]): string[] =>
  memberships.map(({ id, group }) => `${id}/${group}`);
