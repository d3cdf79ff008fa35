import { minute } from '../directory/instants.js';
import type { Json } from '../directory/model.js';
import { shuffled } from '../directory/random.js';
import { alertAbout, moments, taker, type Scenario } from './scenario.js';

/**
 * A false alarm: the administrator mistyped three departments and put them right within the window;
 * everything else was done by others.
 */
export const quiet: Scenario = {
  name: 'quiet',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const { directory, timeline, random, start, by } = stage;
    const take = taker(shuffled(random, stage.ordinary));
    const from = start - 9 * minute;
    const to = start - 4 * minute;

    const reverted = take(3);
    const before = new Map<string, Json>();
    reverted.forEach((id, index) => {
      timeline.at(from + index * 1000, (at) => {
        before.set(id, directory.object(id).properties['department'] ?? null);
        directory.update(id, { department: 'Slaes' }, by.actor, at);
      });
      timeline.at(to - index * 1000, (at) => {
        directory.update(id, { department: before.get(id) ?? null }, by.actor, at);
      });
    });
    const legitimate = take(5);
    moments(random, from, to, legitimate.length).forEach((moment, index) => {
      const id = legitimate[index] as string;
      timeline.at(moment, (at) => directory.update(id, { jobTitle: 'Lead' }, by.hr, at));
    });
    timeline.play();

    const { actor } = stage.ids.people;
    const title = 'Administrator active outside usual hours';
    const alert = { ...alertAbout(actor, title, { from, to }, true), severity: 'Low' as const };
    return { alert, facts: { damaged: [], reverted, legitimate } };
  },
};
