import { buildWorld } from '../../../local/tenant/scenarios/index.js';
import type { World } from '../../../local/tenant/scenarios/world.js';

export const start = Date.UTC(2026, 10, 20, 20, 50);

export function world(scenario: string, users: number, seed = 1): World {
  const clock = { now: () => start, sleep: () => Promise.resolve() };
  return buildWorld({ seed, users, scenario, speed: 60, clock, start });
}

export const fact = ({ facts }: World, name: string): readonly string[] => facts[name] ?? [];

/** Ids of live or binned users and groups that differ from the newest snapshot in what recovery could see. */
export function differing({ directory, snapshots }: World): string[] {
  const then = directory.asOf(snapshots[0] ?? 0);
  const ignored = new Set(['lastPasswordChangeDateTime', 'signInSessionsValidFromDateTime']);
  const text = (view: typeof then, id: string): string => {
    const properties = Object.entries(view.get(id)?.properties ?? {});
    const manager = view.links(id, 'manager');
    return JSON.stringify([
      view.state(id),
      properties.filter(([name]) => !ignored.has(name)).sort(),
      manager,
    ]);
  };
  const ids = (['user', 'group'] as const).flatMap((type) =>
    (['live', 'deleted', 'gone'] as const).flatMap((state) =>
      [...directory.now.list(type, state)].map(({ id }) => id),
    ),
  );
  return ids.filter((id) => text(then, id) !== text(directory.now, id)).sort();
}

/** Memberships of live groups that are there now or were at the newest snapshot, not both: `PERSON/GROUP`. */
export function membershipsDiffering({ directory, snapshots }: World): string[] {
  const then = directory.asOf(snapshots[0] ?? 0);
  return [...directory.now.list('group')]
    .flatMap(({ id: group }) => {
      const before = new Set(then.links(group, 'members'));
      const after = new Set(directory.now.links(group, 'members'));
      const changed = [...before].filter((id) => !after.has(id));
      changed.push(...[...after].filter((id) => !before.has(id)));
      return changed.map((id) => `${id}/${group}`);
    })
    .sort();
}

/** The ids of several facts, each once, sorted. */
export const together = (made: World, names: readonly string[]): string[] =>
  [...new Set(names.flatMap((name) => fact(made, name)))].sort();
