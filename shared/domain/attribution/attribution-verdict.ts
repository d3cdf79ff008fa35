import type { Series, WriteFact } from './attribution-history.js';
import { sameGraphValue } from './graph-values.js';
import type { DeltaClass } from '../plan/plan.js';
import type { Json, Known } from '../json.js';
import { known, unknown } from '../json.js';
import { NOT_STATED, displayValue, isEmpty } from './values.js';

/** What a series of writes and the state now amount to, before anything stands in the way of acting. */
export interface Verdict {
  readonly class: DeltaClass;
  /** True when returning to `then` is what the rules ask for. */
  readonly revert: boolean;
  readonly then: Known;
  readonly now: Known;
  readonly reason: string;
  readonly evidence: readonly string[];
  /** The actor's first write of the run that is judged; null when the actor wrote nothing. */
  readonly first: WriteFact | null;
}

const evidenceKept = 20;

/**
 * Judges one series (safety.md, Attribution). The value to return to is the one before the first write
 * of the actor's last run, so a legitimate change between the recovery point and the actor's first
 * write, or between two of the actor's writes, is kept. Null: nothing differs, or nothing is anybody's
 * damage. `now` is what the directory states; unknown when it was not read.
 */
export function judge(series: Series, now: Known, othersTouched: boolean): Verdict | null {
  const lastActor = series.writes.findLastIndex((write) => write.who === 'actor');
  if (lastActor < 0) return judgeOthers(series, now);

  const from = startOfRun(series.writes, lastActor);
  const run = series.writes.slice(from, lastActor + 1);
  const first = run[0] as WriteFact;
  const last = run.at(-1) as WriteFact;
  const later = series.writes.at(-1) as WriteFact;
  const target = first.before;
  const same = sameIn(series);
  if (target.known && now.known && same(target.value, now.value)) return null;

  const base = { then: target, now, evidence: evidenceOf(run), first };
  if (later !== last) return { ...base, ...overwritten(last, later), revert: false };
  if (isAmbiguous(run, target, same)) return { ...base, ...doubtful(first, 'gap'), revert: false };
  if (!now.known) return { ...base, ...notRead(first, now.why), revert: false };

  const bad = badValue(last, now.value);
  if (!bad.known) return { ...base, ...notRead(first, bad.why), revert: false };
  if (!same(bad.value, now.value)) {
    const finding = series.row?.kind === 'object' ? otherForm(first) : doubtful(first, 'now');
    return { ...base, ...finding, revert: false };
  }
  if (!target.known) return { ...base, ...unwritable(first, target.why), revert: false };
  const disagreement = disagreementOf(first, same, ': the later one is returned to.');

  const between = series.writes.slice(0, from).some((write) => write.who === 'actor');
  return {
    ...base,
    class: othersTouched ? 'mixed' : 'actorOnly',
    revert: true,
    reason: revertReason(first, run.length, othersTouched, between) + disagreement,
  };
}

/**
 * True when the first write found another value than the one that came before it by another source: a row
 * of somebody in between is missing.
 */
export function startsElsewhere(series: Series, held: Known): boolean {
  const [first] = series.writes;
  if (first === undefined || !held.known || !first.before.known) return false;
  return !sameIn(series)(first.before.value, held.value);
}

/**
 * The source before the actor's row (an earlier row, or the recovery point) holds another value than the
 * row says it replaced: somebody's row in between is missing. The later of the two is the legitimate one.
 */
function disagreementOf({ before, earlier }: WriteFact, same: Same, then: string): string {
  if (earlier?.known !== true || !before.known || same(before.value, earlier.value)) return '';
  const [source, row] = [displayValue(earlier), displayValue(before)];
  return ` The source before it states ${source}, the row itself ${row}${then}`;
}

function judgeOthers(series: Series, now: Known): Verdict | null {
  const others = series.writes.filter((write) => write.who === 'other');
  const [first, last] = [others[0], others.at(-1)];
  if (!first || !last) return null;
  const then = first.before;
  const same = sameIn(series);
  const unchanged = then.known && now.known && same(then.value, now.value);
  if (unchanged) return null;

  return {
    class: 'otherOnly',
    revert: false,
    then,
    now: now.known ? now : last.after,
    reason:
      `Written by others only, last at ${last.at}; left as they set it.` +
      disagreementOf(first, same, '.'),
    evidence: evidenceOf(others),
    first: null,
  };
}

function startOfRun(writes: readonly WriteFact[], lastActor: number): number {
  let from = lastActor;
  while (from > 0 && writes[from - 1]?.who === 'actor') from -= 1;
  return from;
}

type Same = (a: Json, b: Json) => boolean;

const sameIn =
  (series: Series): Same =>
  (a, b) =>
    sameGraphValue(series.row?.kind ?? 'object', a, b);

/**
 * Inside the run a row may start from a value that the row before did not leave: somebody whose row is
 * missing wrote in between. Harmless only when that value is the one to return to anyway.
 */
function isAmbiguous(run: readonly WriteFact[], target: Known, same: Same): boolean {
  return run.slice(1).some(({ before }, index) => {
    const left = (run[index] as WriteFact).after;
    if (!before.known || !left.known || same(before.value, left.value)) return false;
    return !(target.known && same(before.value, target.value));
  });
}

/** What the actor left behind; a value the row does not state is confirmed by a property now empty. */
function badValue({ after }: WriteFact, now: Json): Known {
  if (after.known) return after;
  return after.why === NOT_STATED && isEmpty(now) ? known(now) : unknown(after.why);
}

const evidenceOf = (writes: readonly WriteFact[]): string[] => {
  const ids = [...new Set(writes.map(({ eventId }) => eventId))];
  return ids.length <= evidenceKept ? ids : [...ids.slice(0, evidenceKept - 1), ids.at(-1) ?? ''];
};

type Finding = Pick<Verdict, 'class' | 'reason'> & { readonly evidence?: readonly string[] };

function overwritten(last: WriteFact, later: WriteFact): Finding {
  const whom = later.who === 'ours' ? 'this product' : 'another identity';
  return {
    class: 'mixed',
    reason: `Written by the actor at ${last.at} and by ${whom} at ${later.at}, after the actor; the later value is left.`,
    evidence: [last.eventId, later.eventId],
  };
}

function doubtful(first: WriteFact, where: 'gap' | 'now'): Finding {
  const what =
    where === 'gap'
      ? "between two of the actor's writes the value changed"
      : 'the value now is not the one the actor left';
  return {
    class: 'unexplained',
    reason: `Written by the actor at ${first.at}, but ${what} and no audit row says by whom; left alone.`,
  };
}

const notRead = (first: WriteFact, why: string): Finding => ({
  class: 'unsupported',
  reason: `Written by the actor at ${first.at}, but it cannot be told whether that value still stands: ${why}.`,
});

/** Compared as text the two could never be equal, so nothing can be said about who left the value. */
const otherForm = (first: WriteFact): Finding => ({
  class: 'unsupported',
  reason: `Written by the actor at ${first.at}, but the value now is not the one the row states, or the row states it in a form of its own.`,
});

const unwritable = (first: WriteFact, why: string): Finding => ({
  class: 'unsupported',
  reason:
    `Written by the actor at ${first.at}; the value before is unknown (${why}) and an unknown value is never written.` +
    (first.earlier?.known ? ` The source before it states ${displayValue(first.earlier)}.` : ''),
});

function revertReason(
  first: WriteFact,
  writes: number,
  othersTouched: boolean,
  between: boolean,
): string {
  const often = writes === 1 ? '' : ` (${writes} writes)`;
  const kept = between
    ? ' Another identity wrote it between two writes of the actor; that later legitimate value is the one returned to.'
    : othersTouched
      ? ' Others changed this object too; their changes stay.'
      : '';
  const confirmed =
    first.earlier !== null && first.before === first.earlier
      ? ' The row does not state that value; the source before it says that there was none.'
      : '';
  return `Written by the actor from ${first.at} on${often}; returns to the value before that.${confirmed}${kept}`;
}
