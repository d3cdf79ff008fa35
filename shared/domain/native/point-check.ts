import { counted } from '../words.js';
import type { JobLimits } from './native-job.js';

/**
 * The document `point-check`: where the check of an incident's plans against the recovery point stands.
 * A stored format: fields are added, never renamed.
 */
export interface PointCheckDocument {
  /** Runs that were asked for by lending a session, and those of them that have ended. */
  readonly asked: number;
  readonly ended: number;
  /** What the run at work asks the service. */
  readonly request: PointRequest | null;
  /** What the service told last: every drawing of a plan with this recovery point uses it. */
  readonly values: PointValues | null;
  /** What came of holding a plan against the values. */
  readonly answer: PointAnswer | null;
}

export interface PointRequest {
  readonly run: number;
  readonly pointId: string;
  /** The recovery point's time. */
  readonly targetAt: string;
  readonly limits: JobLimits;
  /** Null before the first attempt. */
  readonly preview: { readonly askedAt: string; readonly jobId: string | null } | null;
}

export interface PointValues {
  readonly pointId: string;
  readonly targetAt: string;
  readonly jobId: string;
  /** Artefact that says where the values of which objects lie. */
  readonly index: string;
  /** Objects of the scope that were asked about, and those of them that the service named. */
  readonly objects: number;
  readonly named: number;
  /** Groups of the scope whose members differ; they are judged by their rows. */
  readonly linked: number;
  /** What the service would change outside the scope, by its name of the kind. */
  readonly outside: Readonly<Record<string, number>>;
}

export interface PointAnswer {
  readonly pointId: string;
  /** Of the values that were held against a plan. */
  readonly index: string;
  /** The plan that would be drawn the same; null when it would not. */
  readonly agreesWith: string | null;
  readonly at: string;
  readonly summary: string;
}

const noPointCheck: PointCheckDocument = {
  asked: 0,
  ended: 0,
  request: null,
  values: null,
  answer: null,
};

/** The document as it is stored; null before a session was lent. */
export const pointCheckOf = (stored: unknown): PointCheckDocument =>
  (stored as PointCheckDocument | null) ?? noPointCheck;

/** The run with this number, and its name among those who hold the tenant's place for jobs. */
export const pointCheckRunOf = (incidentId: string, run: number): string =>
  `${incidentId}-point-${run}`;

/** What a run begins with, besides its incident. */
export const firstPointCheck = (run: number) => ({
  run,
  jobId: null,
  compared: null,
  looks: 0,
  missed: 0,
});

/** Whether a run is to be, or is, at work; the one with the number `ended + 1`. */
export const isAtWork = ({ asked, ended }: Pick<PointCheckDocument, 'asked' | 'ended'>): boolean =>
  asked > ended;

/** The document once this run is over, however it ended; what a later run has asked for since stays. */
export const withRunOver = (known: PointCheckDocument, run: number): PointCheckDocument => ({
  ...known,
  ended: Math.max(known.ended, run),
  request: known.request?.run === run ? null : known.request,
});

/**
 * The answer about a recovery point, as long as its values are still the ones that a drawing would use:
 * what the service has told of another point since replaced them, and left the answer behind.
 */
export function answerAbout(
  { values, answer }: Pick<PointCheckDocument, 'values' | 'answer'>,
  recoveryPointId: string | null,
): PointAnswer | null {
  const isOfPoint = answer?.pointId === recoveryPointId && values?.pointId === recoveryPointId;
  return isOfPoint && values.index === answer.index ? answer : null;
}

/** The number of the run that a lent session begins; null when the recovery point was asked already. */
export function runToBegin(
  check: Pick<PointCheckDocument, 'ended' | 'values' | 'answer'>,
  recoveryPointId: string | null,
): number | null {
  return answerAbout(check, recoveryPointId) === null ? check.ended + 1 : null;
}

/** What a plan is held against: its digest, its recovery point, and the values it was drawn with. */
interface CheckedPlan {
  readonly digest: string;
  readonly recoveryPointId: string | null;
  readonly pointIndex: string | undefined;
}

/** True when the recovery point was asked and this plan, which does not know the answer, would differ. */
export function isOvertakenByPoint(
  check: Pick<PointCheckDocument, 'values' | 'answer'>,
  { digest, recoveryPointId, pointIndex }: CheckedPlan,
): boolean {
  const answer = answerAbout(check, recoveryPointId);
  return answer !== null && answer.index !== pointIndex && answer.agreesWith !== digest;
}

/** What came of comparing, object by object. */
export interface PointTotals {
  /** Objects that were compared; the rest of the scope is of kinds the service does not keep. */
  readonly objects: number;
  /** Objects about which the plan would decide otherwise. */
  readonly differ: number;
  /** Properties of which the rows begin with another value than the point holds. */
  readonly disagreeing: number;
  /** Differences that no row is about. */
  readonly unexplained: number;
  /** Earlier values that no row states, and that the point tells. */
  readonly learned: number;
}

export const noTotals: PointTotals = {
  objects: 0,
  differ: 0,
  disagreeing: 0,
  unexplained: 0,
  learned: 0,
};

export const addTotals = (a: PointTotals, b: PointTotals): PointTotals => ({
  objects: a.objects + b.objects,
  differ: a.differ + b.differ,
  disagreeing: a.disagreeing + b.disagreeing,
  unexplained: a.unexplained + b.unexplained,
  learned: a.learned + b.learned,
});

/**
 * What came of the check, in words for people: what was held against what, and both leftovers. `totals` are
 * of at least one object.
 */
export function pointSummary(values: PointValues, totals: PointTotals): string {
  const { objects, differ } = totals;
  const found = reasons(totals);
  const head = `Checked against the recovery point of ${values.targetAt}:`;
  const verdict =
    differ > 0
      ? `${differ} of ${counted(objects, 'object')} ${differ === 1 ? 'comes' : 'come'} out otherwise${found === '' ? '' : ` (${found})`}.`
      : `${counted(objects, 'object')} ${objects === 1 ? 'agrees' : 'agree'}.`;
  const more = differ === 0 && found !== '' ? [`${found}; that changes no decision.`] : [];
  return [head, verdict, ...more, ...leftovers(values)].join(' ');
}

const reasons = ({ disagreeing, unexplained, learned }: PointTotals): string =>
  [
    numbered(disagreeing, 'earlier value differs', 'earlier values differ', 'from the rows'),
    numbered(unexplained, 'difference has', 'differences have', 'no row'),
    numbered(
      learned,
      'earlier value that no row states is',
      'earlier values that no row states are',
      'told by the point',
    ),
  ]
    .filter((words) => words !== null)
    .join(', ');

const numbered = (count: number, one: string, many: string, rest: string): string | null =>
  count === 0 ? null : `${counted(count, one, many)} ${rest}`;

function leftovers({ objects, named, linked, outside }: PointValues): string[] {
  const kinds = Object.entries(outside).sort(([a], [b]) => (a < b ? -1 : 1));
  const silent = objects - named;
  return [
    ...(silent > 0
      ? [
          `${silent} of the scope ${silent === 1 ? 'is as the point holds it' : 'are as the point holds them'}.`,
        ]
      : []),
    ...(linked > 0
      ? [
          `The members of ${counted(linked, 'group')} differ too; memberships are judged by their rows.`,
        ]
      : []),
    ...(kinds.length > 0
      ? [
          `Outside the scope the service would also change ${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')}; nothing of that is planned.`,
        ]
      : []),
  ];
}
