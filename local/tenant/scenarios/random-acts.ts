import { minute } from '../directory/instants.js';
import type { ModifiedProperty } from '../directory/audit-event.js';
import type { Json, Properties } from '../directory/model.js';
import { between, chance, guidFrom, pick, type Random } from '../directory/random.js';
import { domain } from './company.js';
import { employee } from './people.js';
import type { Act, ActStage, Doer } from './random-stage.js';

/** Values nobody had before, so that who wrote what can be read off the value. */
const wording: Readonly<Record<Doer, string>> = { actor: 'Broken', other: 'Desk', hr: 'People' };

const textProperties = ['department', 'jobTitle', 'officeLocation', 'city', 'companyName'] as const;

/** What the actor does to people and groups. */
export function damageActs(stage: ActStage): Act[] {
  const { damaged, toDelete, random, directory, by, from, to, options, start, groups } = stage;
  const acts: Act[] = [];
  const moment = (begin = 0, end = 1) =>
    Math.floor(between(random, from + begin * (to - from), from + end * (to - from)));
  const act = (what: string, objectId: string, at: number, run: (at: number) => void) =>
    acts.push({ at, by: 'actor', what, objectId, run });

  for (const id of damaged) {
    for (let writes = pick(random, [1, 1, 1, 2, 3]); writes > 0; writes -= 1) {
      const patch = badPatch(random);
      const broken = chance(random, 0.06);
      act('damaged', id, moment(), (at) =>
        directory.update(id, patch, by.actor, at, broken ? { rewrite: withoutOldValues } : {}),
      );
    }
  }
  for (const id of toDelete) {
    act('softDeleted', id, moment(0, 0.5), (at) => directory.softDelete(id, by.actor, at));
    if (chance(random, 0.2)) {
      act('hardDeleted', id, moment(0.6, 1), (at) => directory.hardDelete(id, by.actor, at));
    }
  }
  // The last project group may be deleted: nobody touches its members.
  for (const groupId of groups.projects.slice(0, 7)) {
    if (!chance(random, 0.5)) continue;
    for (const id of damaged.slice(0, 6)) {
      if (!chance(random, 0.3)) continue;
      const added = !directory.now.linked(groupId, 'members', id);
      act('membership', id, moment(), (at) => {
        directory.setLink('members', groupId, id, added, by.actor, at);
      });
    }
  }
  for (let index = Math.floor(between(random, 0, 3)); index > 0; index -= 1) {
    const id = guidFrom(options.seed, 'random created', index);
    const person = employee(random, 900_000 + index, domain, start);
    act('created', id, moment(), (at) =>
      directory.create('user', id, { ...person, createdDateTime: iso(at) }, by.actor, at),
    );
  }
  return acts;
}

/**
 * What everybody else does meanwhile: to bystanders, to the damaged before, between and after the
 * actor's writes, and to memberships. Nobody touches whom the actor deletes.
 */
export function legitimateActs(stage: ActStage, until: number): Act[] {
  const { damaged, bystanders, random, directory, by, from, start, groups } = stage;
  const acts: Act[] = [];
  const moment = () => Math.floor(between(random, from - 20 * minute, start + until));
  const share = between(random, 0, 0.4);
  const doers = ['other', 'hr'] as const;

  for (const id of [...bystanders.slice(0, 12), ...damaged]) {
    if (!chance(random, share)) continue;
    const doer = pick(random, doers);
    const patch = goodPatch(random, doer);
    const silent = chance(random, 0.05);
    acts.push({
      at: moment(),
      by: doer,
      what: silent ? 'silent' : 'changed',
      objectId: id,
      run: (at) => directory.update(id, patch, by[doer], at, { silent }),
    });
  }
  for (const id of bystanders.slice(12, 15)) {
    const groupId = pick(random, groups.projects.slice(0, 7));
    const added = chance(random, 0.5);
    acts.push({
      at: moment(),
      by: 'other',
      what: 'membership',
      objectId: id,
      run: (at) => directory.setLink('members', groupId, id, added, by.other, at),
    });
  }
  return acts;
}

function badPatch(random: Random): Properties {
  if (chance(random, 0.5)) return { accountEnabled: false };
  return patchOf(random, 'actor', 3);
}

function goodPatch(random: Random, doer: Doer): Properties {
  if (chance(random, 0.25)) return { accountEnabled: true };
  return patchOf(random, doer, 2);
}

function patchOf(random: Random, doer: Doer, most: number): Properties {
  const patch: Record<string, Json> = {};
  for (let count = 1 + Math.floor(random() * most); count > 0; count -= 1) {
    const name = pick(random, textProperties);
    patch[name] =
      doer === 'actor' && chance(random, 0.3)
        ? null
        : `${wording[doer]} ${Math.floor(random() * 1000)}`;
  }
  return patch;
}

/** Rows whose old values a faulty exporter lost: nobody may conclude that they were empty. */
const withoutOldValues = (modified: readonly ModifiedProperty[]): ModifiedProperty[] =>
  modified.map((one) => ({ ...one, oldValue: null }));

const iso = (at: number): string => new Date(at).toISOString();
