import type { RestoreChoice } from '../attribution/attribution-context.js';
import type { Person } from '../identities.js';
import { counted } from '../words.js';
import type { PlanExecutor } from './plan.js';

/** One change that a person made to a plan, in the words of the route (contract section 3). */
export interface Revision {
  readonly at: string;
  readonly by: Person;
  /** Digest of the plan that the reviser saw. */
  readonly basedOn: string;
  readonly exclude: readonly string[];
  readonly include: readonly string[];
  readonly choices: Readonly<Record<string, RestoreChoice>>;
  readonly recoveryPointId: string | null;
  readonly executor: PlanExecutor | null;
  readonly note: string;
}

/** Document `revisions`: what all revisions together say; version counts them. A stored format. */
export interface RevisionsDocument {
  readonly version: number;
  /** Objects that no later plan touches, unless they are included again. */
  readonly excluded: readonly string[];
  /** Objects that are planned although the policy leaves their kind alone (created, mixed). */
  readonly included: readonly string[];
  readonly choices: Readonly<Record<string, RestoreChoice>>;
  readonly recoveryPointId: string | null;
  readonly executor: PlanExecutor | null;
  /** Everything that was asked for, oldest first. */
  readonly list: readonly Revision[];
}

export const noRevisions: RevisionsDocument = {
  version: 0,
  excluded: [],
  included: [],
  choices: {},
  recoveryPointId: null,
  executor: null,
  list: [],
};

/** The revisions with one more. Later words win over earlier ones about the same object. */
export function withRevision(known: RevisionsDocument, revision: Revision): RevisionsDocument {
  const { exclude, include, choices, recoveryPointId, executor } = revision;
  return {
    version: known.version + 1,
    excluded: sorted([...without(known.excluded, include), ...exclude]),
    included: sorted([...without(known.included, exclude), ...include]),
    choices: { ...known.choices, ...choices },
    recoveryPointId: recoveryPointId ?? known.recoveryPointId,
    executor: executor ?? known.executor,
    list: [...known.list, revision],
  };
}

/** Whether the newest revision is this very one, sent again. */
export function isRepeated(known: RevisionsDocument, revision: Omit<Revision, 'at'>): boolean {
  const last = known.list.at(-1);
  return last !== undefined && spelled(last) === spelled(revision);
}

function spelled(revision: Omit<Revision, 'at'>): string {
  const { by, basedOn, exclude, include, choices, recoveryPointId, executor, note } = revision;
  const chosen = Object.entries(choices).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    by.id,
    basedOn,
    sorted(exclude),
    sorted(include),
    chosen,
    recoveryPointId,
    executor,
    note,
  ]);
}

/** What a revision asked for, in one sentence for people. */
export function toldRevision(revision: Revision): string {
  const { exclude, include, choices, recoveryPointId, executor, note } = revision;
  const chosen = Object.keys(choices).length;
  const parts = [
    ...(exclude.length > 0 ? [`${counted(exclude.length, 'object')} left out`] : []),
    ...(include.length > 0 ? [`${counted(include.length, 'object')} taken in`] : []),
    ...(chosen > 0 ? [`${counted(chosen, 'conflict')} settled`] : []),
    ...(recoveryPointId === null ? [] : [`recovery point ${recoveryPointId}`]),
    ...(executor === null ? [] : [`executor ${executor}`]),
  ];
  return `${parts.join(', ')}. ${note}`;
}

const without = (ids: readonly string[], gone: readonly string[]): string[] =>
  ids.filter((id) => !gone.includes(id));
const sorted = (ids: readonly string[]): string[] => [...new Set(ids)].sort();
