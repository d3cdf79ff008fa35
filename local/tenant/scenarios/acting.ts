import { minute } from '../directory/instants.js';
import { initiatorId } from '../directory/model.js';
import { shuffled } from '../directory/random.js';
import { moments, taker, type Facts, type Stage } from './scenario.js';

/** What the parts of a scenario share: the window, people nobody used yet, and the facts so far. */
export interface Acting extends Stage {
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

/**
 * Seven minutes of activity that end two minutes before the start, as the alerts tell it. The first
 * `sparing` employees are nobody's to take: they are the members of the project groups.
 */
export function acting(stage: Stage, sparing = 0): Acting {
  const from = stage.start - 9 * minute;
  const to = stage.start - 2 * minute;
  const facts: Facts = {};
  return {
    ...stage,
    from,
    to,
    facts,
    take: taker(shuffled(stage.random, stage.ordinary.slice(sparing))),
    note: (name, ids) => (facts[name] = ids),
    each: (ids, run, [begin, end] = [0, 1]) => {
      const length = to - from;
      const times = moments(stage.random, from + begin * length, from + end * length, ids.length);
      ids.forEach((id, index) =>
        stage.timeline.at(times[index] as number, (at) => run(id, at, index)),
      );
    },
  };
}

/** Every id of the facts named, each once. */
export function idsOf(facts: Facts, names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => facts[name] ?? []))];
}

/** The newest share of the actor's rows reaches the logs only after the start. */
export function delayNewest({ directory, by }: Stage, share: number, doer = by.actor): void {
  const actor = initiatorId(doer);
  const rows = directory.trail.events.filter((event) => initiatorId(event.by) === actor);
  directory.trail.delay(rows.slice(rows.length - Math.ceil(rows.length * share)));
}
