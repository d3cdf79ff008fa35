import { HostError } from './host-error.js';

type Check = (text: string) => boolean;

const simple: Readonly<Record<string, Check>> = {
  int: (text) => /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 2 ** 31 - 1,
  long: (text) => /^[+-]?\d{1,19}$/.test(text),
  bool: (text) => /^(true|false)$/i.test(text),
  guid: (text) => /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i.test(text),
  alpha: (text) => /^[a-z]*$/i.test(text),
  decimal: (text) => /^[+-]?\d+(\.\d+)?$/.test(text),
  double: (text) => Number.isFinite(Number(text)),
  float: (text) => Number.isFinite(Number(text)),
  datetime: (text) => !Number.isNaN(Date.parse(text)),
};

const measured: Readonly<Record<string, (...limits: number[]) => Check>> = {
  length: (least = 0, most = least) => within(least, most),
  minlength: (least = 0) => within(least, Infinity),
  maxlength: (most = 0) => within(0, most),
  min:
    (least = 0) =>
    (text) =>
      simple['long']?.(text) === true && Number(text) >= least,
  max:
    (most = 0) =>
    (text) =>
      simple['long']?.(text) === true && Number(text) <= most,
  range:
    (least = 0, most = 0) =>
    (text) =>
      simple['long']?.(text) === true && Number(text) >= least && Number(text) <= most,
};

/** The check behind `{name:rule}`. @throws HostError for a rule that this host does not know. */
export function constraintFor(rule: string, pattern: string): Check {
  const [, name = '', limits = ''] = /^(\w+)(?:\(([\d,\s]*)\))?$/.exec(rule) ?? [];
  const check = limits === '' ? simple[name] : measured[name]?.(...limits.split(',').map(Number));
  if (!check) throw new HostError(`Route "${pattern}": the rule ":${rule}" is not available.`);
  return check;
}

const within =
  (least: number, most: number): Check =>
  (text) =>
    text.length >= least && text.length <= most;
