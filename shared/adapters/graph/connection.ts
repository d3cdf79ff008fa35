import type { z } from 'zod';
import type { Clock } from '../../ports/clock.js';
import { GraphRefusal, type GraphClient } from './client.js';
import type { GraphRequest } from './request.js';
import { read } from './schemas.js';

/** What every part of the directory adapter works with. */
export interface Connection {
  readonly client: GraphClient;
  readonly clock: Clock;
  readonly random: () => number;
}

type Reading = Pick<GraphRequest, 'path' | 'query' | 'headers'>;

/** One object, or null when Graph says it does not exist. Other refusals throw GRAPH_REJECTED. */
export async function readOne<T extends z.ZodType>(
  { client }: Connection,
  schema: T,
  request: Reading,
): Promise<z.output<T> | null> {
  const answer = await client.send({ method: 'GET', repeatable: true, ...request });
  if (answer.status === 404) return null;
  if (answer.status >= 300) throw new GraphRefusal(`GET ${request.path}`, answer);
  return read(schema, answer.body, request.path);
}

/** A whole collection. */
export async function readList<T extends z.ZodType>(
  { client }: Connection,
  schema: T,
  request: Reading,
): Promise<z.output<T>[]> {
  const found: z.output<T>[] = [];
  for await (const page of client.pages(request)) {
    for (const item of page) found.push(read(schema, item, request.path));
  }
  return found;
}

/** Runs of at most `size`, in order. */
export function inRuns<T>(items: readonly T[], size: number): (readonly T[])[] {
  const runs: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += size) runs.push(items.slice(from, from + size));
  return runs;
}
