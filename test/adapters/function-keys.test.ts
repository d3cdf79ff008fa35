import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256 } from '../../shared/digest.js';
import {
  createFunctionKeys as createKeys,
  type FunctionKeysOptions,
} from '../../shared/adapters/function-keys.js';

const key = 'a-key-of-the-host';
/** The marks of one evidence store. */
function createMarks() {
  const marked = new Set<string>();
  return {
    marked,
    has: async (hash: string) => marked.has(hash),
    add: async (hash: string) => void marked.add(hash),
  };
}

const createFunctionKeys = (options: Omit<FunctionKeysOptions, 'marks'>) =>
  createKeys({ marks: createMarks(), ...options });

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

/** What the host and our keyed function answer together. */
const host: Answer = (request, response) => {
  const url = new URL(request.url ?? '', 'http://host');
  const isKey = request.headers['x-functions-key'] === key;
  json(response, isKey ? 200 : 401, { nonce: url.searchParams.get('nonce') });
};

async function withHost(answer: Answer, act: (seen: string[], url: string) => Promise<void>) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url?.split('?')[0]}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await act(seen, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

it('a key is looked at again when the connection to the host breaks', async () => {
  const breaks = ['read ECONNRESET', 'other side closed'];
  await withHost(host, async (seen, url) => {
    const breaking: typeof fetch = async (...request) => {
      const how = breaks.shift();
      if (how !== undefined) throw new TypeError('fetch failed', { cause: new Error(how) });
      return fetch(...request);
    };
    const keys = createFunctionKeys({ appUrl: () => url, fetch: breaking });

    expect(await keys.accepts(key)).toBe(true);
    expect([breaks.length, seen.length]).toEqual([0, 1]);
  });
});

it('a key that the host lets through is accepted, another one is not', async () => {
  await withHost(host, async (seen, url) => {
    const keys = createFunctionKeys({ appUrl: () => url });

    expect(await keys.accepts(key)).toBe(true);
    expect(await keys.accepts('other')).toBe(false);
    expect(seen).toEqual(['GET /api/alerts/key', 'GET /api/alerts/key']);
  });
});

it('an accepted key is remembered for a minute, and dies within it', async () => {
  let now = 0;
  let revoked = false;
  await withHost(
    (request, response) => (revoked ? json(response, 401, '') : host(request, response)),
    async (seen, url) => {
      const keys = createFunctionKeys({ appUrl: () => url, now: () => now });
      await keys.accepts(key);
      revoked = true;

      now = 59_999;
      expect(await keys.accepts(key)).toBe(true);
      now = 60_000;
      expect(await keys.accepts(key)).toBe(false);
      expect(seen).toHaveLength(2);
    },
  );
});

it.each(['', 'two words', 'line\r\nbreak', 'ünicode', 'x'.repeat(513)])(
  'a key %p that no header carries is refused without a call',
  async (odd) => {
    await withHost(host, async (seen, url) => {
      expect(await createFunctionKeys({ appUrl: () => url }).accepts(odd)).toBe(false);
      expect(seen).toEqual([]);
    });
  },
);

it('a page that answers 200 to everything accepts no key', async () => {
  const page: Answer = (_, response) => json(response, 200, { nonce: 'some other nonce' });
  await withHost(page, async (_, url) => {
    expect(await createFunctionKeys({ appUrl: () => url }).accepts(key)).toBe(false);
  });
});

it.each<[string, Answer]>([
  ['an error', (_, response) => json(response, 500, '')],
  ['a missing function', (_, response) => json(response, 404, '')],
  ['a redirect', (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ['no JSON', (_, response) => void response.writeHead(200).end('<html>')],
  ['silence', () => undefined],
  ['a closed connection', (request) => request.socket.destroy()],
])('%s is neither a yes nor a no, and the key does not show', async (_, answer) => {
  await withHost(answer, async (_seen, url) => {
    const keys = createFunctionKeys({ appUrl: () => url, timeoutMs: 200 });

    const failure = await keys.accepts(key).then(
      () => null,
      (error: unknown) => error,
    );

    expect(failure).toMatchObject({ code: 'IDENTITY_UNAVAILABLE', retryable: true });
    expect(String(failure)).not.toContain(key);
  });
});

it('a flood of wrong keys delays no key that was accepted before, and each is looked at once', async () => {
  let now = 0;
  const held: ServerResponse[] = [];
  const slow: Answer = (request, response) =>
    request.headers['x-functions-key'] === key ? host(request, response) : void held.push(response);
  await withHost(slow, async (seen, url) => {
    const keys = createFunctionKeys({ appUrl: () => url, now: () => now });
    await keys.accepts(key);
    now = 60_000;

    const guesses = Array.from({ length: 40 }, (_, index) => keys.accepts(`guess-${index % 20}`));

    // The guesses are still being looked at.
    expect(await keys.accepts(key)).toBe(true);
    expect(held.length).toBeLessThanOrEqual(8);
    const refusing = setInterval(() => held.splice(0).forEach((one) => json(one, 401, '')), 1);
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([false]));
    clearInterval(refusing);
    expect(seen).toHaveLength(2 + 20);
  });
});

it('a key that was refused is looked at again soon, so that a new one works', async () => {
  let now = 0;
  let made = false;
  const later: Answer = (request, response) =>
    made ? host(request, response) : json(response, 401, '');
  await withHost(later, async (seen, url) => {
    const keys = createFunctionKeys({ appUrl: () => url, now: () => now });
    expect([await keys.accepts(key), await keys.accepts(key)]).toEqual([false, false]);
    expect(seen).toHaveLength(1);
    made = true;

    now = 10_000;

    expect(await keys.accepts(key)).toBe(true);
  });
});

describe('a process that has just started, in a flood of wrong keys', () => {
  /** Answers the genuine key; holds every guess. */
  const slow: Answer = (request, response) =>
    request.headers['x-functions-key'] === key ? host(request, response) : undefined;
  const flood = (keys: ReturnType<typeof createKeys>, guesses: number) =>
    Array.from({ length: guesses }, (_, index) =>
      keys.accepts(`guess-${index}`).catch((error: unknown) => (error as { code: string }).code),
    );

  it('lets the key that an earlier process knew go before all guesses, and still asks the host', async () => {
    await withHost(slow, async (seen, url) => {
      const marks = createMarks();
      await createKeys({ appUrl: () => url, marks }).accepts(key);
      expect([...marks.marked]).toEqual([sha256(key)]);

      const keys = createKeys({ appUrl: () => url, marks, timeoutMs: 300 });
      const guesses = flood(keys, 12);
      expect(await keys.accepts(key)).toBe(true);

      // Its own look before the restart and one after it; four guesses at most came in between.
      expect(seen.length).toBeLessThanOrEqual(2 + 4);
      await Promise.all(guesses);
    });
  });

  it('a marked key that the host refuses by now is refused', async () => {
    const revoked: Answer = (_, response) => json(response, 401, '');
    await withHost(revoked, async (_, url) => {
      const marks = createMarks();
      await marks.add(sha256(key));

      expect(await createKeys({ appUrl: () => url, marks }).accepts(key)).toBe(false);
    });
  });

  it('keeps a bounded number of guesses waiting and asks the others to come again', async () => {
    const all: Answer = (_, response) => json(response, 401, '');
    await withHost(all, async (seen, url) => {
      const keys = createFunctionKeys({ appUrl: () => url });
      const guesses = flood(keys, 1104);

      const said = await Promise.all(guesses.slice(1004));
      expect(new Set(said)).toEqual(new Set(['IDENTITY_UNAVAILABLE']));
      expect(seen.length).toBeLessThanOrEqual(4);
      expect(new Set(await Promise.all(guesses.slice(0, 1004)))).toEqual(new Set([false]));
      expect(seen).toHaveLength(1004);
    });
  });
});
