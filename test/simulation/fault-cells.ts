import type { FaultRule } from '../../local/tenant/faults.js';
import type { Journal } from '../../local/tenant/journal.js';

/** One kind of request that the product makes: its method and its path with every id left open. */
export interface OutsideCall {
  readonly method: string;
  readonly path: string;
}

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const elsewhere = 'https://collector.evil.test/';

type Fault = Pick<FaultRule, 'answer'>;

/** Everything that can happen to an answer (safety.md, fault matrix). */
export const faults: Readonly<Record<string, Fault>> = {
  '429 with Retry-After': { answer: { status: 429, headers: { 'retry-after': '5' } } },
  '429 without Retry-After': { answer: { status: 429 } },
  '500': { answer: { status: 500 } },
  '502': { answer: { status: 502, body: 'bad gateway' } },
  '503 as a page': { answer: 'html' },
  '504': { answer: { status: 504 } },
  'a reset before the effect': { answer: 'reset' },
  'a reset after the effect': { answer: 'applyThenReset' },
  'no answer in time': { answer: 'hang' },
  '401 in the middle': { answer: { status: 401 } },
  'malformed JSON': { answer: { status: 200, body: '{"value": [' } },
  'an empty body': { answer: 'empty' },
  'a page that goes on elsewhere': {
    answer: { status: 200, body: { value: [], '@odata.nextLink': elsewhere } },
  },
  'a redirect elsewhere': { answer: { status: 302, headers: { location: elsewhere } } },
};

/** What was asked of the tenant, each kind once, in the order of the first time. */
export function callsOf(journal: Journal): OutsideCall[] {
  const calls = new Map<string, OutsideCall>();
  for (const { method, path } of journal.since(0)) {
    const [plain = ''] = path.split('?');
    const open = plain
      .replace(guid, '{id}')
      .replace(/\/snapshots\/[^/]+/, '/snapshots/{id}')
      .replace(/\/activities\/\d+/, '/activities/{id}');
    calls.set(`${method} ${open}`, { method, path: open });
  }
  // The managed identity's own endpoint keeps no journal.
  calls.set('token', { method: 'GET', path: '/msi/token' });
  return [...calls.values()];
}

/** The rules that strike each of these kinds of request `times` times. */
export function strike(
  calls: readonly OutsideCall[],
  { answer }: Fault,
  times: number,
): FaultRule[] {
  return calls.map(({ method, path }) => ({
    match: { method, path: patternOf(path) },
    times,
    answer,
  }));
}

function patternOf(path: string): string {
  const literal = path.replace(/[.*+?^$()[\]\\|]/g, '\\$&');
  return `^${literal.replaceAll('{id}', '[^/]+')}(\\?|$)`;
}
