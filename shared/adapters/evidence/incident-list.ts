import { readdir } from 'node:fs/promises';
import type { Incident } from '../../domain/incident.js';
import { RewindError } from '../../errors.js';
import { readJson } from './files.js';
import { isIncidentId, type Paths } from './paths.js';

type Page = { items: readonly Incident[]; nextToken?: string };
interface Position {
  readonly openedAt: string;
  readonly id: string;
}

/**
 * Pages through the incidents, newest first. When an incident was opened never changes, so it is read
 * from its document once; a page then reads only its own documents. The token is the position after the
 * last item, so incidents that open between two pages neither repeat nor hide others.
 */
export function createIncidentList(paths: Paths) {
  const opened = new Map<string, string>();

  async function openedAt(id: string): Promise<Position | null> {
    const known = opened.get(id);
    if (known !== undefined) return { id, openedAt: known };
    const incident = await readJson<Incident>(paths.incident(id));
    if (incident === null) return null;
    opened.set(id, incident.openedAt);
    return { id, openedAt: incident.openedAt };
  }

  return async (top: number, token?: string): Promise<Page> => {
    const after = token === undefined ? null : positionOf(token);
    const ids = (await readdir(paths.incidents)).filter(isIncidentId);
    const positions: Position[] = [];
    for (const id of ids) {
      const position = await openedAt(id);
      if (position !== null && (after === null || newestFirst(after, position) < 0)) {
        positions.push(position);
      }
    }
    positions.sort(newestFirst);
    const page = positions.slice(0, top);
    const documents = await Promise.all(
      page.map(({ id }) => readJson<Incident>(paths.incident(id))),
    );
    const items = documents.filter((incident) => incident !== null);
    const last = page.at(-1);
    if (last === undefined || positions.length <= page.length) return { items };
    return { items, nextToken: tokenOf(last) };
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
