import type { Builtin } from './builtin.js';
import type { KqlType } from './model.js';
import { constant, derive, semantic } from './scope.js';
import { convert, parseGuid, toText } from './values.js';

/** `to...()` conversions: null where the value has no form in the target type. */
function conversion(type: KqlType): Builtin {
  return ({ args: [value], node }) => {
    if (value === undefined) throw semantic('A conversion needs an argument', node);
    if (value.type === type) return value;
    const { type: from, eval: evaluate } = value;
    return derive(type, [value], (row) => convert(evaluate(row), from, type));
  };
}

/** Text becomes the JSON value it spells, or a dynamic string; a dynamic stays as it is. */
const parseJson: Builtin = ({ args: [value], node }) => {
  if (value === undefined) throw semantic('parse_json needs an argument', node);
  if (value.type === 'dynamic') return value;
  const { type, eval: evaluate } = value;
  return derive('dynamic', [value], (row) => {
    const raw = evaluate(row);
    if (type !== 'string') return convert(raw, type, 'dynamic');
    return raw === '' ? null : jsonOr(raw as string);
  });
};

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What `gettype()` calls a value. */
const getType: Builtin = ({ args: [value], node }) => {
  if (value === undefined) throw semantic('gettype needs an argument', node);
  if (value.type !== 'dynamic') return constant('string', value.type);
  return derive('string', [value], (row) => dynamicType(value.eval(row)));
};

function dynamicType(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'dictionary';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

export const convertFunctions: Readonly<Record<string, Builtin>> = {
  tostring: conversion('string'),
  toint: conversion('int'),
  tolong: conversion('long'),
  todouble: conversion('real'),
  toreal: conversion('real'),
  todecimal: conversion('decimal'),
  tobool: conversion('bool'),
  toboolean: conversion('bool'),
  todatetime: conversion('datetime'),
  totimespan: conversion('timespan'),
  toguid: conversion('guid'),
  parse_json: parseJson,
  todynamic: parseJson,
  toobject: parseJson,
  parsejson: parseJson,
  gettype: getType,
  isguid: ({ args, node }) => {
    const [value] = args;
    if (value === undefined) throw semantic('isguid needs an argument', node);
    return derive('bool', args, (row) => parseGuid(toText(value.eval(row), value.type)) !== null);
  },
};
