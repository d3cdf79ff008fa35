import type { Builtin, Call } from './builtin.js';
import { asText } from './comparison.js';
import type { KqlType } from './model.js';
import { numeric } from './model.js';
import type { Evaluate, Scalar } from './scope.js';
import { derive, semantic } from './scope.js';
import { convert } from './values.js';

/** Reads an argument as the call's result type. */
function asResult(scalar: Scalar, type: KqlType): Evaluate {
  if (scalar.type === type || (numeric(scalar.type) && numeric(type))) return scalar.eval;
  if (type === 'string') return asText(scalar);
  return (row) => convert(scalar.eval(row), scalar.type, type);
}

function only(call: Call): Scalar {
  const [value] = call.args;
  if (value === undefined) throw semantic(`${call.name} needs an argument`, call.node);
  return value;
}

/** A predicate of one value, told whether the value is null and what its text is. */
function nullTest(test: (value: unknown, type: KqlType) => boolean): Builtin {
  return (call) => {
    const value = only(call);
    return derive('bool', call.args, (row) => test(value.eval(row), value.type));
  };
}

const isNull = (value: unknown, type: KqlType) => type !== 'string' && value === null;
const isEmpty = (value: unknown) => value === null || value === '';

/** The first branch whose predicate is true; a null predicate counts as false. */
const conditional: Builtin = ({ args, type }) => {
  const branches: { when: Evaluate; then: Evaluate }[] = [];
  for (let index = 0; index + 1 < args.length; index += 2) {
    const [when, then] = [args[index], args[index + 1]];
    if (when !== undefined && then !== undefined) {
      branches.push({ when: when.eval, then: asResult(then, type) });
    }
  }
  const last = args.at(-1);
  const otherwise = last === undefined ? () => null : asResult(last, type);
  return derive(type, args, (row) => {
    for (const branch of branches) if (branch.when(row) === true) return branch.then(row);
    return otherwise(row);
  });
};

/** The first value that is not null (for text: not empty). */
const coalesce: Builtin = ({ args, type }) => {
  const readers = args.map((argument) => asResult(argument, type));
  return derive(type, args, (row) => {
    for (const read of readers) {
      const value = read(row);
      if (!isEmpty(value)) return value;
    }
    return type === 'string' ? '' : null;
  });
};

const not: Builtin = (call) => {
  const value = only(call);
  return derive('bool', call.args, (row) => {
    const known = convert(value.eval(row), value.type, 'bool') as boolean | null;
    return known === null ? null : !known;
  });
};

/** Keeps the extreme of the non-null arguments. */
function extreme(better: (candidate: number, best: number) => boolean): Builtin {
  return ({ args, type }) => {
    const readers = args.map((argument) => asResult(argument, type));
    return derive(type, args, (row) => {
      let best: unknown = null;
      for (const read of readers) {
        const value = read(row);
        if (value === null) continue;
        if (best === null || better(value as number, best as number)) best = value;
      }
      return best;
    });
  };
}

export const logicFunctions: Readonly<Record<string, Builtin>> = {
  iff: conditional,
  iif: conditional,
  case: conditional,
  coalesce,
  not,
  isnull: nullTest(isNull),
  isnotnull: nullTest((value, type) => !isNull(value, type)),
  notnull: nullTest((value, type) => !isNull(value, type)),
  isempty: nullTest(isEmpty),
  isnotempty: nullTest((value) => !isEmpty(value)),
  notempty: nullTest((value) => !isEmpty(value)),
  min_of: extreme((candidate, best) => candidate < best),
  max_of: extreme((candidate, best) => candidate > best),
};
