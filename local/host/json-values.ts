/**
 * Where a value would come out of JSON as something else, or undefined when it survives unchanged.
 * A property whose value is `undefined` counts as absent: reading it back gives the same.
 * The answer reads like "at .rows[2] a Date".
 */
export function changedByJson(
  value: unknown,
  at = '',
  above: readonly unknown[] = [],
): string | undefined {
  const where = at === '' ? '' : `at ${at} `;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${where}${value}`;
    case 'undefined':
      return `${where}undefined`;
    case 'object':
      break;
    default:
      return `${where}a ${typeof value}`;
  }
  if (value === null) return undefined;
  if (above.includes(value)) return `${where}a circle`;
  const path = [...above, value];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const found = changedByJson(value[index], `${at}[${index}]`, path);
      if (found) return found;
    }
    return undefined;
  }
  if (!isPlain(value)) return `${where}a ${value.constructor.name || 'class instance'}`;
  for (const [key, item] of Object.entries(value)) {
    const found = item === undefined ? undefined : changedByJson(item, `${at}.${key}`, path);
    if (found) return found;
  }
  return undefined;
}

/** Plain by shape: values that crossed a realm (a test runner's, a worker's) count too. */
function isPlain(value: object): boolean {
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null &&
      Object.hasOwn(prototype as object, 'isPrototypeOf'))
  );
}
