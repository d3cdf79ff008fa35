import { readdir } from 'node:fs/promises';
import type { Incident } from '../../domain/incident/incident.js';
import { RewindError } from '../../errors.js';
import { readJson } from './files.js';
import { isIncidentId, type Paths } from './paths.js';

type Page = {
  items: readonly Incident[];
  nextToken?: string;
  unreadable?: readonly string[];
};
interface Position {
  readonly openedAt: string;
  readonly id: string;
}

/**
 * Pages through the incidents, newest first. When an incident was opened never changes, so it is read
 * from its document once; a page then reads only its own documents. The token is the position after the
 * last item, so incidents that open between two pages neither repeat nor hide others. A document that
 * cannot be read hides no other: its incident is named in `unreadable`, with the first page.
 */
export function createIncidentList(paths: Paths) {
  const opened = new Map<string, string>();

  /** Undefined when the document cannot be read. */
  async function documentOf(id: string): Promise<Incident | null | undefined> {
    try {
      return await readJson<Incident>(paths.incident(id));
    } catch (error) {
      if (error instanceof RewindError) return undefined;
      throw error;
    }
  }

  async function openedAt(id: string): Promise<Position | null | undefined> {
    const known = opened.get(id);
    if (known !== undefined) return { id, openedAt: known };
    const incident = await documentOf(id);
    if (incident === null || incident === undefined) return incident;
    opened.set(id, incident.openedAt);
    return { id, openedAt: incident.openedAt };
  }

  return async (top: number, token?: string): Promise<Page> => {
    const after = token === undefined ? null : positionOf(token);
    const ids = (await readdir(paths.incidents)).filter(isIncidentId);
    const positions: Position[] = [];
    const unreadable: string[] = [];
    for (const id of ids) {
      const position = await openedAt(id);
      if (position === undefined) unreadable.push(id);
      else if (position !== null && (after === null || newestFirst(after, position) < 0)) {
        positions.push(position);
      }
    }
    positions.sort(newestFirst);
    const page = positions.slice(0, top);
    const documents = await Promise.all(
      page.map(async ({ id }) => {
        const incident = await documentOf(id);
        if (incident === undefined) unreadable.push(id);
        return incident ?? null;
      }),
    );
    const items = documents.filter((incident) => incident !== null);
    const told = unreadable.length > 0 && after === null ? { unreadable: unreadable.sort() } : {};
    const last = page.at(-1);
    if (last === undefined || positions.length <= page.length) return { items, ...told };
    return { items, nextToken: tokenOf(last), ...told };
  };
}

function newestFirst(a: Position, b: Position): number {
  if (a.openedAt !== b.openedAt) return a.openedAt < b.openedAt ? 1 : -1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

const tokenOf = ({ openedAt, id }: Position): string =>
  Buffer.from(JSON.stringify([openedAt, id])).toString('base64url');

function positionOf(token: string): Position {
  try {
    const [openedAt, id] = JSON.parse(
      Buffer.from(token, 'base64url').toString('utf8'),
    ) as unknown[];
    if (typeof openedAt === 'string' && typeof id === 'string') return { openedAt, id };
  } catch {
    // Falls through: what cannot be read is refused below.
  }
  throw new RewindError('VALIDATION_FAILED', 'The page token was not given out by this service.');
}
