import type { Accumulator } from './accumulators.js';
import {
  anyRow,
  argExtreme,
  average,
  bag,
  distinctCount,
  extreme,
  list,
  onlyIf,
  percentiles,
  rowCounter,
  set,
  single,
  sum,
  variance,
} from './accumulators.js';
import type { KqlType } from './model.js';
import { asKqlType } from './model.js';
import { compileScalar } from './scalar.js';
import type { Scalar, Scope } from './scope.js';
import { column, semantic, typeOf, visible } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { callArguments } from './syntax.js';
import { convert } from './values.js';

/** A compiled aggregate call. With several types its accumulator answers an array. */
export interface Aggregate {
  readonly types: readonly KqlType[];
  readonly several: boolean;
  readonly create: () => Accumulator;
}

interface AggregateCall {
  readonly node: SyntaxNode;
  readonly args: readonly Scalar[];
  /** For `*`: the input columns that are neither group keys nor the first argument. */
  readonly star: readonly Scalar[] | undefined;
  readonly type: KqlType;
}

type Factory = (call: AggregateCall) => Aggregate;

const defaultLimit = 1_048_576;

/** The aggregate of that name, or undefined. `keys` are the names of the group columns. */
export function compileAggregate(
  node: SyntaxNode,
  name: string,
  scope: Scope,
  keys: ReadonlySet<string>,
): Aggregate | undefined {
  const factory = factories.get(name.toLowerCase());
  if (factory === undefined) return undefined;
  const nodes = callArguments(node);
  const hasStar = nodes.some(({ kind }) => kind === 'StarExpression');
  const args = nodes
    .filter(({ kind }) => kind !== 'StarExpression')
    .map((argument) => compileScalar(argument, scope));
  const taken = nodes
    .filter(({ kind }) => kind === 'NameReference')
    .map((argument) => argument.name);
  const star = hasStar
    ? visible(scope.columns)
        .filter((candidate) => !keys.has(candidate.name) && !taken.includes(candidate.name))
        .map((candidate) => column(candidate.name, scope.columns) as Scalar)
    : undefined;
  return factory({ node, args, star, type: typeOf(node) });
}

function argument(call: AggregateCall, index: number): Scalar {
  const found = call.args[index];
  if (found === undefined) throw semantic('An aggregate lacks an argument', call.node);
  return found;
}

const one = (type: KqlType, create: () => Accumulator): Aggregate => ({
  types: [type],
  several: false,
  create,
});

/** Reads numbers out of dynamics as well. */
function numbers(scalar: Scalar): Scalar['eval'] {
  if (scalar.type !== 'dynamic') return scalar.eval;
  return (row) => convert(scalar.eval(row), 'dynamic', 'real');
}

type Simple = (value: Scalar) => Accumulator;

/** An aggregate of one expression together with its `...if` form. */
function pair(
  names: readonly [string, string],
  build: Simple,
  type?: KqlType,
): [string, Factory][] {
  const resultOf = (call: AggregateCall) => type ?? resultType(call);
  return [
    [names[0], (call) => one(resultOf(call), () => build(argument(call, 0)))],
    [
      names[1],
      (call) => one(resultOf(call), () => onlyIf(argument(call, 1).eval, build(argument(call, 0)))),
    ],
  ];
}

const resultType = (call: AggregateCall): KqlType =>
  call.type === 'dynamic' ? argument(call, 0).type : call.type;

/** Collections: an optional predicate, then an optional size limit. */
function collection(
  conditional: boolean,
  build: (value: Scalar, limit: number) => Accumulator,
  fallback = defaultLimit,
): Factory {
  return (call) => {
    const limit = (call.args[conditional ? 2 : 1]?.eval([]) as number | undefined) ?? fallback;
    return one('dynamic', () => {
      const inner = build(argument(call, 0), limit);
      return conditional ? onlyIf(argument(call, 1).eval, inner) : inner;
    });
  };
}

const makeList = (value: Scalar, limit: number) => list(value.eval, value.type, limit, false);
const makeSet = (value: Scalar, limit: number) => set(value.eval, value.type, limit);
const makeBag = (value: Scalar, limit: number) => bag(value.eval, limit);

function argByExtreme(direction: 1 | -1): Factory {
  return (call) => {
    const first = argument(call, 0);
    const others = call.star ?? call.args.slice(1);
    return {
      types: [first.type, ...others.map(({ type }) => type)],
      several: true,
      create: () =>
        argExtreme(
          first.eval,
          others.map((other) => other.eval),
          direction,
        ),
    };
  };
}

const takeAny: Factory = (call) => {
  const chosen = call.star ?? call.args;
  return {
    types: chosen.map(({ type }) => type),
    several: true,
    create: () => anyRow(chosen.map((scalar) => scalar.eval)),
  };
};

const takeAnyIf: Factory = (call) => {
  const value = argument(call, 0);
  return one(value.type, () => onlyIf(argument(call, 1).eval, single(anyRow([value.eval]))));
};

/** Ranks are constants; the array form takes them as one dynamic array too. */
function ranksOf(call: AggregateCall): number[] {
  return call.args
    .slice(1)
    .flatMap((rank) => rank.eval([]) as number | number[])
    .map(Number);
}

const percentileFactory: Factory = (call) => {
  const value = argument(call, 0);
  const ranks = ranksOf(call);
  const type = asKqlType(call.node.columns?.[0]?.type ?? call.type);
  return {
    types: ranks.map(() => (type === 'dynamic' ? value.type : type)),
    several: true,
    create: () => percentiles(numbers(value), ranks),
  };
};

const factories: ReadonlyMap<string, Factory> = new Map<string, Factory>([
  ['count', () => one('long', rowCounter)],
  ['countif', (call) => one('long', () => onlyIf(argument(call, 0).eval, rowCounter()))],
  ...pair(['dcount', 'dcountif'], (value) => distinctCount(value.eval), 'long'),
  ...pair(['count_distinct', 'count_distinctif'], (value) => distinctCount(value.eval), 'long'),
  ...pair(['sum', 'sumif'], (value) => sum(numbers(value))),
  ...pair(['min', 'minif'], (value) => extreme(value.eval, -1)),
  ...pair(['max', 'maxif'], (value) => extreme(value.eval, 1)),
  ...pair(['avg', 'avgif'], (value) => average(numbers(value))),
  ...pair(['stdev', 'stdevif'], (value) => variance(numbers(value), Math.sqrt), 'real'),
  ...pair(['variance', 'varianceif'], (value) => variance(numbers(value), (size) => size), 'real'),
  ['make_list', collection(false, makeList)],
  ['make_list_if', collection(true, makeList)],
  ['makelist', collection(false, makeList, 128)],
  [
    'make_list_with_nulls',
    collection(false, (value, limit) => list(value.eval, value.type, limit, true)),
  ],
  ['make_set', collection(false, makeSet)],
  ['make_set_if', collection(true, makeSet)],
  ['makeset', collection(false, makeSet, 128)],
  ['make_bag', collection(false, makeBag)],
  ['make_bag_if', collection(true, makeBag)],
  ['arg_max', argByExtreme(1)],
  ['arg_min', argByExtreme(-1)],
  ['any', takeAny],
  ['take_any', takeAny],
  ['anyif', takeAnyIf],
  ['take_anyif', takeAnyIf],
  ['percentile', percentileFactory],
  ['percentiles', percentileFactory],
  [
    'percentiles_array',
    (call) => one('dynamic', () => percentiles(numbers(argument(call, 0)), ranksOf(call))),
  ],
]);
