import { minute } from '../directory/instants.js';
import { shuffled } from '../directory/random.js';
import { delayNewest } from './acting.js';
import { alertAbout, moments, taker, type Scenario } from './scenario.js';

/**
 * A junior administrator's script switches off every account in its list within seven minutes. Meanwhile
 * 37 other people are changed by others for good reasons, and six of the damaged get a new department.
 */
export const bulkDisable: Scenario = {
  name: 'bulk-disable',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const { directory, timeline, random, start, by, options } = stage;
    const take = taker(shuffled(random, stage.ordinary));
    const from = start - 9 * minute;
    const to = start - 2 * minute;

    const damaged = take(options.users);
    moments(random, from, to, damaged.length).forEach((moment, index) => {
      const id = damaged[index] as string;
      timeline.at(moment, (at) => directory.update(id, { accountEnabled: false }, by.actor, at));
    });

    const leavers = take(9);
    moments(random, start - 55 * minute, from - minute, 9).forEach((moment, index) => {
      const id = leavers[index] as string;
      timeline.at(moment, (at) => directory.update(id, { accountEnabled: false }, by.hr, at));
    });
    const leaversMeanwhile = take(12);
    moments(random, from, to, 12).forEach((moment, index) => {
      const id = leaversMeanwhile[index] as string;
      timeline.at(moment, (at) => directory.update(id, { accountEnabled: false }, by.hr, at));
    });
    const movers = take(16);
    moments(random, from, to, 16).forEach((moment, index) => {
      const id = movers[index] as string;
      timeline.at(moment, (at) =>
        directory.update(id, { department: 'Customer Care' }, by.other, at),
      );
    });
    const alsoMoved = damaged.slice(0, Math.min(6, damaged.length));
    moments(random, from, to, alsoMoved.length).forEach((moment, index) => {
      const id = alsoMoved[index] as string;
      timeline.at(moment, (at) => directory.update(id, { department: 'Customer Care' }, by.hr, at));
    });
    timeline.play();
    delayNewest(stage, 0.05);

    const alert = alertAbout(
      stage.ids.people.actor,
      'Mass account disablement by one administrator',
      { from, to },
      true,
    );
    const legitimate = [...leavers, ...leaversMeanwhile, ...movers];
    return { alert, facts: { damaged, legitimate, leavers, leaversMeanwhile, movers, alsoMoved } };
  },
};
