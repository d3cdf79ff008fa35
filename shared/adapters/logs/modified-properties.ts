import { z } from 'zod';
import { parseAuditValue } from '../../domain/attribution/values.js';

/** One entry of a target's `modifiedProperties`, as both dialects have it. */
export const modifiedProperty = z.object({
  displayName: z.string().nullish(),
  oldValue: z.unknown().optional(),
  newValue: z.unknown().optional(),
});
export type Modified = z.output<typeof modifiedProperty>;

/** The text of one property on one side, its name in lower case; null when it says nothing. */
export function textOf(
  properties: readonly Modified[],
  name: string,
  side: 'oldValue' | 'newValue',
): string | null {
  const found = properties.find(({ displayName }) => displayName?.trim().toLowerCase() === name);
  const value = parseAuditValue(found?.[side]);
  return value.known && typeof value.value === 'string' && value.value !== '' ? value.value : null;
}
