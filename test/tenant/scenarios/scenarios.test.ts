import { minute } from '../../../local/tenant/directory/instants.js';
import { initiatorId } from '../../../local/tenant/directory/model.js';
import { scenarioNames } from '../../../local/tenant/scenarios/index.js';
import { differing, fact, start, world } from './scenario-world.js';

describe('every scenario', () => {
  it.each(scenarioNames)('%s is the same for the same seed and another for another', (name) => {
    const print = (seed: number): string => {
      const { directory, ids, alert, facts } = world(name, 48, seed);
      return JSON.stringify([ids, alert, facts, directory.trail.events]);
    };

    expect(print(1)).toBe(print(1));
    expect(print(1)).not.toBe(print(2));
  });

  it.each(scenarioNames)('%s lies wholly before its start, in the order of time', (name) => {
    const { directory, alert } = world(name, 48);
    const times = directory.trail.events.map(({ at, ticks }) => at + ticks / 10_000);

    expect(times.every((time) => time < start)).toBe(true);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const first = Date.parse(alert.firstActivityTimeUtc);
    expect(first).toBeGreaterThan(start - 60 * minute);
    expect(first).toBeLessThan(Date.parse(alert.lastActivityTimeUtc));
    expect(Date.parse(alert.lastActivityTimeUtc)).toBeLessThan(start);
  });

  const survivable = scenarioNames.filter((name) => name !== 'responders-locked-out');
  it.each(survivable)('%s leaves the responders able to act', (name) => {
    const { directory, ids } = world(name, 48);

    for (const person of Object.values(ids.people)) {
      expect(directory.object(person.id).properties['accountEnabled']).toBe(true);
    }
  });

  it('an unknown one is refused with the names there are', () => {
    expect(() => world('nothing', 1)).toThrow(/bulk-disable, .*mixed, .*quiet/);
  });
});

describe('bulk-disable', () => {
  it('the actor disables exactly the number asked for, within seven minutes', () => {
    const made = world('bulk-disable', 4800);
    const actor = made.ids.people.actor.id;
    const rows = made.directory.trail.events.filter(
      (event) => initiatorId(event.by) === actor && event.activity === 'Update user',
    );

    expect(fact(made, 'damaged')).toHaveLength(4800);
    expect(new Set(rows.map(({ targets }) => targets[0]?.id)).size).toBe(4800);
    expect(rows).toHaveLength(4800);
    expect(rows.every(({ at }) => at >= start - 9 * minute && at <= start - 2 * minute)).toBe(true);
    for (const id of fact(made, 'damaged')) {
      expect(made.directory.now.get(id)?.properties['accountEnabled']).toBe(false);
      expect(made.directory.asOf(start - 10 * minute).get(id)?.properties['accountEnabled']).toBe(
        true,
      );
    }
  });

  it('37 others and nobody else were changed legitimately since the newest snapshot', () => {
    const made = world('bulk-disable', 200);

    expect(fact(made, 'legitimate')).toHaveLength(37);
    expect(differing(made)).toEqual([...fact(made, 'damaged'), ...fact(made, 'legitimate')].sort());
  });

  it('a few of the damaged carry a legitimate change of another property', () => {
    const made = world('bulk-disable', 200);

    expect(fact(made, 'alsoMoved')).toHaveLength(6);
    for (const id of fact(made, 'alsoMoved')) {
      expect(fact(made, 'damaged')).toContain(id);
      expect(made.directory.object(id).properties).toMatchObject({
        accountEnabled: false,
        department: 'Customer Care',
      });
    }
  });

  it('the newest twentieth of the rows reaches the logs only after the start', () => {
    const made = world('bulk-disable', 400);
    const actor = made.ids.people.actor.id;
    const rows = made.directory.trail.events.filter(({ by }) => initiatorId(by) === actor);
    const late = rows.filter(({ logsAt }) => logsAt > start);

    expect(late).toHaveLength(Math.ceil(rows.length * 0.05));
    expect(late).toEqual(rows.slice(-late.length));
    for (const { logsAt } of late) {
      expect(logsAt - start).toBeGreaterThanOrEqual((2 * minute) / 60);
      expect(logsAt - start).toBeLessThanOrEqual((8 * minute) / 60);
    }
  });
});

describe('mixed', () => {
  it.each([1, 48, 300])('with %i users all classes are there at once', (users) => {
    const made = world('mixed', users);
    const counts = Object.fromEntries(
      Object.entries(made.facts).map(([name, ids]) => [name, ids.length]),
    );

    expect(counts).toEqual({
      created: 3,
      softDeleted: 4,
      hardDeleted: 2,
      restored: 1,
      synced: 3,
      roleHolders: 2,
      roleGroupMembers: 2,
      alreadyDisabled: 2,
      alsoChangedByOthers: 4,
      overwrittenLater: 3,
      managerChanged: 2,
      unsupported: 3,
      extensionsWiped: 3,
      renamed: 2,
      unknownOldValue: 3,
      membershipGroups: 2,
      membersRemoved: 3,
      membersAdded: 2,
      groupMadeDynamic: 1,
      memberOfDynamic: 1,
      dynamicFollowers: 1,
      groupsChanged: 1,
      groupsDeleted: 1,
      otherOnly: 5,
      unexplained: 2,
      actorOnly: Math.max(8, users - 40),
      damaged: Math.max(48, users),
    });
  });

  it('nothing differs from the snapshot but what the facts name', () => {
    const made = world('mixed', 100);
    const named = [
      ...fact(made, 'damaged'),
      ...fact(made, 'otherOnly'),
      ...fact(made, 'unexplained'),
      ...fact(made, 'alreadyDisabled'),
      ...fact(made, 'groupMadeDynamic'),
    ];

    expect(differing(made)).toEqual([...new Set(named)].sort());
  });

  it('an unexplained change has no row since the snapshot', () => {
    const made = world('mixed', 48);
    const explained = new Set(
      made.directory.trail.events
        .filter(({ at }) => at > (made.snapshots[0] ?? 0))
        .flatMap(({ targets }) =>
          targets.map(({ modified, id }) => (modified.length > 0 ? id : '')),
        ),
    );

    for (const id of fact(made, 'unexplained')) expect(explained.has(id)).toBe(false);
    for (const id of fact(made, 'otherOnly')) expect(explained.has(id)).toBe(true);
  });

  it('each unreadable old value is unreadable in its own way', () => {
    const made = world('mixed', 48);
    const olds = fact(made, 'unknownOldValue').map((id) => {
      const row = made.directory.trail.events.findLast(({ targets }) => targets[0]?.id === id);
      return row?.targets[0]?.modified.find(({ displayName }) => displayName === 'Department')
        ?.oldValue;
    });

    expect(olds[1]).toBeNull();
    for (const text of [olds[0], olds[2]]) {
      expect(() => JSON.parse(String(text)) as unknown).toThrow(SyntaxError);
    }
  });

  it('what others wrote after the actor stands, and what was off before was switched off by others', () => {
    const made = world('mixed', 48);
    const value = (id: string, name: string): unknown => made.directory.object(id).properties[name];

    for (const id of fact(made, 'overwrittenLater')) expect(value(id, 'department')).toBe('Audit');
    for (const id of fact(made, 'alreadyDisabled')) {
      const changes = made.directory.changesOf(id).filter(({ what }) => what.kind === 'property');
      expect(value(id, 'accountEnabled')).toBe(false);
      expect(changes.filter(({ at }) => at >= start - 9 * minute)).toEqual([]);
    }
    for (const id of fact(made, 'hardDeleted')) expect(made.directory.now.state(id)).toBe('gone');
    for (const id of fact(made, 'softDeleted'))
      expect(made.directory.now.state(id)).toBe('deleted');
  });

  it('members are out of, and in, the groups the facts name', () => {
    const made = world('mixed', 48);
    const [shrunk = '', grown = ''] = fact(made, 'membershipGroups');
    const [dynamic = ''] = fact(made, 'groupMadeDynamic');
    const then = made.directory.asOf(made.snapshots[0] ?? 0);

    for (const id of fact(made, 'membersRemoved')) {
      expect(then.linked(shrunk, 'members', id)).toBe(true);
      expect(made.directory.now.linked(shrunk, 'members', id)).toBe(false);
    }
    for (const id of fact(made, 'membersAdded')) {
      expect(made.directory.now.linked(grown, 'members', id)).toBe(true);
    }
    const lost = then
      .links(dynamic, 'members')
      .filter((id) => !made.directory.now.linked(dynamic, 'members', id));
    expect(lost).toEqual(fact(made, 'memberOfDynamic'));
  });
});

describe('quiet', () => {
  it('the actor wrote in the window and left nothing different', () => {
    const made = world('quiet', 48);
    const actor = made.ids.people.actor.id;
    const rows = made.directory.trail.events.filter(({ by }) => initiatorId(by) === actor);

    expect(rows.filter(({ at }) => at >= start - 9 * minute)).toHaveLength(6);
    expect(differing(made)).toEqual([...fact(made, 'legitimate')].sort());
  });
});
