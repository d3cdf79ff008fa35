import { json, type Service, type TenantClock } from '../exchange.js';
import { seededHex } from '../identity/seeded.js';
import { isObject } from './cards.js';

export type NoticeKind = 'workflow' | 'urgent' | 'ticket';

export interface Notice {
  readonly kind: NoticeKind;
  /** ISO 8601. */
  readonly at: string;
  readonly body: unknown;
}

export interface Notices {
  /** `TEAMS_WORKFLOW_URL`, `URGENT_NOTICE_URL` and `TICKET_WEBHOOK_URL`; the key in each is its password. */
  readonly urls: Readonly<Record<NoticeKind, string>>;
  /** Oldest first. */
  all(): readonly Notice[];
  readonly service: Service;
}

/** Workflows messages end at about 28 KB (inbound fact sheet C.6). */
const maxWorkflowBytes = 28 * 1024;

/** One-way receivers that keep what they get: a Workflows flow, a pager, a ticket system. */
export function createNotices(world: {
  readonly seed: number;
  readonly origin: string;
  readonly clock: TenantClock;
}): Notices {
  const notices: Notice[] = [];
  const key = (kind: string) => seededHex(world.seed, 'notices', kind).slice(0, 32);
  const urls = {
    workflow: `${world.origin}/workflows/${key('flow')}/triggers/manual/paths/invoke?api-version=2016-06-01&sig=${key('workflow')}`,
    urgent: `${world.origin}/urgent/notices?key=${key('urgent')}`,
    ticket: `${world.origin}/tickets/hooks?key=${key('ticket')}`,
  };

  return {
    urls,
    all: () => notices,
    service: async (request) => {
      const kind = (Object.keys(urls) as NoticeKind[]).find(
        (one) => new URL(urls[one]).pathname === request.url.pathname,
      );
      if (kind === undefined) return json(404, { message: 'Not found.' });
      if (request.url.href !== urls[kind]) return json(401, { message: 'Unauthorized.' });
      if (request.method !== 'POST') return json(405, { message: 'Method not allowed.' });
      const body = parse(request.body);
      if (body === undefined) return json(400, { message: 'The body is not JSON.' });
      if (kind === 'workflow') {
        if (request.body.length > maxWorkflowBytes) return json(413, { message: 'Too large.' });
        if (!isObject(body) || !Array.isArray(body['attachments'])) {
          return json(400, { message: 'attachments is required.' });
        }
      }
      notices.push({ kind, at: new Date(world.clock.now()).toISOString(), body });
      if (kind === 'ticket') return json(201, { id: `TICKET-${notices.length}` });
      return json(202, undefined);
    },
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
