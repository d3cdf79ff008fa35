/** Why a recorded outcome may differ here; the two kinds of reason are those of docs/hosts.md. */
export interface KnownDifference {
  readonly why: string;
  /** What ours must say instead, so that a listed case cannot drift into something else. */
  readonly ours: RegExp | 'the same events in another order';
}

const hangs = 'the real engine leaves the instance Running for ever; ours fails at once';
const mangles = 'the real engine hands over something else without a word; ours fails at once';
const parser = 'another JSON parser complains in its own words';

const changed = (what: string): KnownDifference => ({
  why: mangles,
  ours: new RegExp(`"Failed".*does not survive JSON unchanged: ${what}`, 's'),
});
const values: readonly (readonly [kind: string, what: string])[] = [
  ['nan', 'NaN'],
  ['infinity', 'Infinity'],
  ['date', 'a Date'],
  ['nested', String.raw`undefined in \.a\.b\[1\]`],
  ['buffer', 'a Buffer'],
  ['map', 'a Map'],
  ['func', 'a function'],
];

/** Every recorded outcome that ours does not repeat to the letter, by its name in the recording. */
export const knownDifferences: Readonly<Record<string, KnownDifference>> = {
  retryZeroAttempts: { why: hangs, ours: /"Failed".*a retry of fewer than 1 attempts/s },
  unknownActivity: { why: hangs, ours: /"Failed".*'doesNotExist' is not registered/s },
  parentOfUnknown: { why: hangs, ours: /"Failed".*'noSuchChild' is not registered/s },
  throwsString: { why: hangs, ours: /"Failed".*It threw something that is not an Error/s },
  ...Object.fromEntries(
    ['activityGives', 'activityGets'].flatMap((name) =>
      values.map(([kind, what]) => [`${name} ${kind}`, changed(what)]),
    ),
  ),
  'activityGets false': { why: mangles, ours: /"Failed".*was given a bare boolean/s },
  fanOutOneFails: {
    why: 'the order of results of activities that run at the same time is the run’s',
    ours: 'the same events in another order',
  },
  'web start bad json': { why: parser, ours: /^\{"status":400.*"Invalid JSON content"/ },
  'web raise bad json': { why: parser, ours: /^\{"status":400.*"Invalid JSON content"/ },
};

/** The numbers of invocations and what came together in one is the run's, there as here. */
const together = 'what arrived together was handed over together';

/**
 * Orchestrations that the recording shows with other messages in one invocation. What they were told
 * in the end must be the same.
 */
export const knownPayloadDifferences: Readonly<Record<string, string>> = {
  againWithEvents: together,
  anyOfAll: together,
  entityMany: together,
  fanOut: together,
  fanOutOneFails: together,
  parentOfMany: together,
  timersInOrder: together,
};

/** Recorded payloads that say nothing about another run. */
export const unrepeatablePayloads: Readonly<Record<string, string>> = {
  notDeterministic: 'asks for another activity at random each time',
  parentWithRetry: 'the recording cuts its long texts, which hold stacks',
};
