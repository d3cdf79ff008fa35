import { minute } from '../directory/instants.js';
import { between } from '../directory/random.js';
import type { Acting } from './acting.js';
import { moments, selfService } from './scenario.js';

/** The office to which others move people; nobody is there before, so it tells their changes apart. */
export const newOffice = 'NEW-7';

/** What people who change it themselves have as their number afterwards. */
export const newPhone = '+49 555 0399999';

/**
 * What everybody else does before, while and after the actor works: the people system and another
 * administrator move people to a new office, people change their own number. None of it may be lost.
 * `damaged` are objects of the actor; a few of them are moved too, in each of the three times.
 */
export function othersAtWork(act: Acting, damaged: readonly string[]): void {
  const { directory, timeline, random, start, from, note, take, each, by, options } = act;
  const moved = { officeLocation: newOffice };
  const share = Math.min(3, Math.floor(damaged.length / 6));

  const before = note('movedBefore', [...take(6), ...damaged.slice(0, share)]);
  moments(random, start - 55 * minute, from - minute, before.length).forEach((moment, index) => {
    const id = before[index] as string;
    timeline.at(moment, (at) => directory.update(id, moved, by.hr, at));
  });

  each(note('movedMeanwhile', [...take(6), ...damaged.slice(share, 2 * share)]), (id, at) => {
    directory.update(id, moved, by.other, at);
  });
  each(note('ownNumber', take(4)), (id, at) => {
    const self = selfService(directory.object(id));
    directory.update(id, { mobilePhone: newPhone }, self, at);
  });

  for (const id of note('movedAfter', [...take(6), ...damaged.slice(2 * share, 3 * share)])) {
    const moment = start + between(random, 2, 25) * (minute / options.speed);
    directory.agenda.add(moment, (at) => directory.update(id, moved, by.hr, at));
  }
}
