import type { JournalEntry, JournalWrite } from '../../local/tenant/journal.js';
import { buildWorld } from '../../local/tenant/scenarios/index.js';
import type { World } from './world.js';

/** What the scenario made, by name: the same seed makes the same ids in every process. */
export function scenarioFacts(options: {
  scenario: string;
  users: number;
  seed?: number;
}): Readonly<Record<string, readonly string[]>> {
  const now = Date.now();
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  return buildWorld({ seed: 1, ...options, speed: 600, clock, start: now }).facts;
}

/** Every effect that requests had on the tenant, in order, those inside batches included. */
export async function writesOf(world: World): Promise<(JournalWrite & { path: string })[]> {
  const entries = await journalOf(world);
  return entries.flatMap((entry) =>
    (entry.batch ?? [entry]).flatMap((item) =>
      item.writes.map((write) => ({ ...write, path: item.path })),
    ),
  );
}

export async function journalOf(world: World): Promise<readonly JournalEntry[]> {
  const { body } = await world.control('/journal?since=0');
  return (body as { entries: JournalEntry[] }).entries;
}

/** The true state of a user, without replication delay. */
export async function userNow(
  world: World,
  id: string,
): Promise<{ state: string; properties: Record<string, unknown>; memberOf: string[] }> {
  const { body } = await world.control(`/directory/user/${id}`);
  return body as { state: string; properties: Record<string, unknown>; memberOf: string[] };
}
