import type { z } from 'zod';
import { badRequest, flaws } from './errors.js';
import type { GraphContext } from './route.js';

/** The body of a request, if it fits the schema; else a 400 that names what does not. */
export function bodyOf<T>(context: GraphContext, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(context.body ?? {});
  if (!parsed.success) throw badRequest(flaws(parsed.error));
  return parsed.data;
}
