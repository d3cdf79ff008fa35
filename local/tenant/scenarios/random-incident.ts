import { minute, second } from '../directory/instants.js';
import { between, chance, pick, shuffled, type Random } from '../directory/random.js';
import type { Act, ActStage, Doer } from './random-stage.js';
import { damageActs, legitimateActs } from './random-acts.js';
import { otherKindsActs } from './random-kinds.js';
import { alertAbout, type Facts, type Scenario, type Stage } from './scenario.js';

const legitimateUntil = 50 * minute;

/**
 * An incident that the seed alone decides: an actor damages whatever the directory holds while others go
 * on with their work before, during and after. With `withoutActor` the same days pass and the actor does
 * nothing: what the directory would have become.
 */
export const randomIncident: Scenario = {
  name: 'random',
  ourRoles: ['Privileged Authentication Administrator'],
  staff: 60,
  play: (stage) => {
    const { random, start, options, timeline, directory } = stage;
    const people = shuffled(random, stage.ordinary);
    const damagedCount = Math.max(2, Math.round(between(random, 0.4, 1) * options.users));
    const deletedCount = Math.floor(between(random, 0, 4));
    const actStage: ActStage = {
      ...stage,
      damaged: people.slice(0, damagedCount),
      toDelete: people.slice(damagedCount, damagedCount + deletedCount),
      bystanders: people.slice(damagedCount + deletedCount),
      from: start - Math.floor(between(random, 6, 55)) * minute,
      to: start - 100 * second,
    };
    const { from, to } = actStage;
    const moment = (doer: Doer): number =>
      Math.floor(
        doer === 'actor'
          ? between(random, from, to)
          : between(random, from - 20 * minute, start + legitimateUntil),
      );
    const acts = [
      ...damageActs(actStage),
      ...legitimateActs(actStage, legitimateUntil),
      ...otherKindsActs(actStage, moment),
    ];
    for (const act of acts) {
      if (act.by === 'actor' && options.withoutActor === true) continue;
      if (act.at <= start) timeline.at(act.at, act.run);
      else directory.agenda.add(act.at, act.run);
    }
    timeline.play();
    lateRows(stage, random);
    return { alert: alertOf(actStage), facts: factsOf(acts) };
  },
};

/** Some rows reach the logs late, in any order; of one incident in four a few when nobody expects any more. */
function lateRows({ directory, start }: Stage, random: Random): void {
  const share = between(random, 0, 0.3);
  const recent = directory.trail.events.filter(({ at }) => at > start - 60 * minute);
  directory.trail.delay(recent.filter(() => chance(random, share)));
  if (!chance(random, 0.25)) return;
  const lost = recent.filter(() => chance(random, 0.05));
  directory.trail.delay(lost, 16 * minute, 30 * minute);
}

function alertOf({ ids, from, to, random }: ActStage) {
  const title = 'Directory changes by one administrator';
  return alertAbout(ids.people.actor, title, { from, to }, pick(random, [true, false]));
}

function factsOf(acts: readonly Act[]): Facts {
  const facts: Facts = {};
  for (const { by, what, objectId } of acts) {
    const name = by === 'actor' ? what : `legitimate: ${what}`;
    (facts[name] ??= []).push(objectId);
  }
  return facts;
}
