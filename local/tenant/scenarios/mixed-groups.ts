import { minute } from '../directory/instants.js';
import { text } from '../directory/model.js';
import type { Acting } from './acting.js';

/** Groups and memberships: static ones, one that became dynamic since, one that follows a rule. */
export function damageGroups(stage: Acting): void {
  const { directory, timeline, note, take, each, by, from, groups } = stage;
  const [first, second, third, fourth, fifth] = groups.projects as [
    string,
    string,
    string,
    string,
    string,
  ];
  const membersOf = (group: string): string[] => directory.now.links(group, 'members');

  note('membershipGroups', [first, second]);
  each(note('membersRemoved', membersOf(first).slice(0, 3)), (id, at) => {
    directory.setLink('members', first, id, false, by.actor, at);
  });
  each(note('membersAdded', take(2)), (id, at) => {
    directory.setLink('members', second, id, true, by.actor, at);
  });

  // The actor took one member out; then somebody else gave the group a rule that keeps the others.
  const [gone = '', ...kept] = membersOf(third);
  note('groupMadeDynamic', [third]);
  each(
    note('memberOfDynamic', [gone]),
    (id, at) => {
      directory.setLink('members', third, id, false, by.actor, at);
    },
    [0, 0.3],
  );
  timeline.at(from + 3 * minute, (at) => {
    const clauses = kept.map(
      (id) => `user.employeeId -eq "${text(directory.object(id).properties, 'employeeId')}"`,
    );
    const patch = {
      groupTypes: ['DynamicMembership'],
      membershipRule: clauses.join(' -or '),
      membershipRuleProcessingState: 'On',
    };
    directory.update(third, patch, by.other, at);
  });

  // A changed department takes its owner out of the group that follows departments.
  const crew = new Set(membersOf(groups.dynamic));
  const untouched = take(40);
  const follower = untouched.filter((id) => crew.has(id)).slice(0, 1);
  each(
    note('dynamicFollowers', follower),
    (id, at) => {
      directory.update(id, { department: 'Dissolved' }, by.actor, at);
    },
    [0, 0.5],
  );

  each(note('groupsChanged', [fourth]), (id, at) => {
    directory.update(id, { description: 'Do not use' }, by.actor, at);
  });
  each(note('groupsDeleted', [fifth]), (id, at) => directory.softDelete(id, by.actor, at));
}
