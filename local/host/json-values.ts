interface Found {
  readonly what: string;
  readonly where: string;
}

/** JSON text, or undefined for what has none (undefined, functions). @throws for circles and bigints. */
export function jsonText(value: unknown): string | undefined {
  return JSON.stringify(value);
}

/**
 * What in a value would come out of JSON as something else, or undefined when it survives unchanged.
 * A property whose value is `undefined` counts as absent: reading it back gives the same.
 * The answer reads like "a Date in .rows[2]".
 */
export function changedByJson(value: unknown): string | undefined {
  const found = find(value, []);
  return found && (found.where === '' ? found.what : `${found.what} in ${found.where}`);
}

function find(value: unknown, above: readonly object[]): Found | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : { what: String(value), where: '' };
    case 'undefined':
      return { what: 'undefined', where: '' };
    case 'object':
      return value === null ? undefined : findInside(value, above);
    default:
      return { what: `a ${typeof value}`, where: '' };
  }
}

function findInside(value: object, above: readonly object[]): Found | undefined {
  if (above.includes(value)) return { what: 'a circle', where: '' };
  const path = [...above, value];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const found = find(value[index], path);
      if (found) return { ...found, where: `[${index}]${found.where}` };
    }
    return undefined;
  }
  if (!isPlain(value))
    return { what: `a ${value.constructor.name || 'class instance'}`, where: '' };
  for (const [key, item] of Object.entries(value)) {
    const found = item === undefined ? undefined : find(item, path);
    if (found) return { ...found, where: `.${key}${found.where}` };
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
