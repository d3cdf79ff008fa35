import { createNotices, type NoticeKind } from '../../../local/tenant/teams/notices.js';
import { origin, request, stoppedClock } from '../identity/identity-world.js';

const notices = () => createNotices({ seed: 1, origin, clock: stoppedClock() });
const card = { type: 'message', attachments: [] };

it.each<[NoticeKind, number]>([
  ['workflow', 202],
  ['urgent', 202],
  ['ticket', 201],
])('the %s receiver keeps what it gets', async (kind, status) => {
  const sink = notices();

  const answer = await sink.service(
    request('POST', sink.urls[kind], { body: JSON.stringify(card) }),
    null,
  );

  expect(answer.status).toBe(status);
  expect(sink.all()).toEqual([{ kind, at: expect.any(String), body: card }]);
});

it.each<[string, NoticeKind, (url: string) => string, string, number]>([
  ['a wrong key', 'urgent', (url) => `${url}0`, '{}', 401],
  ['no JSON', 'urgent', (url) => url, 'text', 400],
  ['a workflow message without attachments', 'workflow', (url) => url, '{"text":"x"}', 400],
  [
    'a workflow message above 28 KB',
    'workflow',
    (url) => url,
    JSON.stringify({ attachments: ['x'.repeat(28 * 1024)] }),
    413,
  ],
])('%s is refused', async (_what, kind, change, body, status) => {
  const sink = notices();

  const answer = await sink.service(request('POST', change(sink.urls[kind]), { body }), null);

  expect(answer.status).toBe(status);
  expect(sink.all()).toEqual([]);
});
