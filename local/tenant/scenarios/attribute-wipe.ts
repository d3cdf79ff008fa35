import type { Json } from '../directory/model.js';
import { shuffled } from '../directory/random.js';
import { acting, delayNewest, type Acting } from './acting.js';
import { othersAtWork } from './others-at-work.js';
import { alertAbout, type Scenario } from './scenario.js';

/**
 * A clean-up script that empties department and manager of everybody in its list. A few of the emptied
 * departments were filled again by the people system; some rows tell no old value.
 */
export const attributeWipe: Scenario = {
  name: 'attribute-wipe',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    appointManagers(stage);
    const act = acting(stage);
    const { facts, from, to, note, take, options, ids } = act;
    const damaged = note('damaged', take(options.users));
    wipe(act, damaged);
    fillAgain(act, damaged);
    othersAtWork(act, damaged);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    const title = 'Department and manager of many users removed by one administrator';
    return { alert: alertAbout(ids.people.actor, title, { from, to }, true), facts };
  },
};

type Managing = Pick<Acting, 'directory' | 'ordinary' | 'options' | 'random'>;

/** Everybody has one of forty managers, who have none themselves. */
function appointManagers({ directory, ordinary, random }: Managing): void {
  const managers = shuffled(random, ordinary).slice(0, 40);
  const isManager = new Set(managers);
  ordinary.forEach((id, index) => {
    if (isManager.has(id)) return;
    directory.seedLink(id, 'manager', managers[index % managers.length] as string);
  });
}

/** Two requests for each person, as a script has it: the properties, then the reference. */
function wipe({ directory, note, each, by }: Acting, damaged: readonly string[]): void {
  note(
    'hadManager',
    damaged.filter((id) => directory.now.links(id, 'manager').length > 0),
  );
  each(damaged, (id, at) => {
    directory.update(id, { department: null }, by.actor, at);
    directory.setManager(id, null, by.actor, at);
  });
}

/** The people system wrote three departments after the actor had: its word is the last. */
function fillAgain({ directory, timeline, note, to, by }: Acting, damaged: string[]): void {
  const filled = note('filledAgain', damaged.slice(-Math.min(3, Math.floor(damaged.length / 8))));
  const patch: Record<string, Json> = { department: 'Customer Care' };
  filled.forEach((id, index) => {
    timeline.at(to + index, (at) => directory.update(id, patch, by.hr, at));
  });
}
