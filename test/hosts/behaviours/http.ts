import { request } from 'node:http';
import { get, host } from './host-under-test.js';

export function httpBehaviours(): void {
  describe('routes', () => {
    it.each([
      ['/v1/echo/one', { a: 'one' }],
      ['/v1/echo/one/two', { a: 'one', b: 'two' }],
      ['/v1/echo/one/', { a: 'one' }],
      ['/V1/ECHO/One', { a: 'One' }],
      ['/v1/echo/a%2Fb', { a: 'a%2Fb' }],
      ['/v1/echo/a%20b', { a: 'a b' }],
      ['/v1/echo/a%2525b', { a: 'a%25b' }],
    ])('%s is matched', async (route, params) => {
      const response = await get(route);

      expect(response.status).toBe(200);
      expect(((await response.json()) as { params: unknown }).params).toEqual(params);
    });

    it.each([
      ['/v1/number/42', { n: '42' }],
      ['/v1/anything/a/b/c', { rest: 'a/b/c' }],
      ['/v1/anything/', {}],
    ])('%s gives its parameters', async (route, params) => {
      expect(await (await get(route)).json()).toEqual(params);
    });

    it('a literal route wins over a parameter', async () => {
      expect(await (await get('/v1/echo/word')).text()).toBe('the literal route');
    });

    it.each([
      ['GET', '/v1/nowhere'],
      ['GET', '/v1//echo/one'],
      ['GET', '/v1/echo'],
      ['GET', '/v1/echo/a/b/c'],
      ['GET', '/v1/number/x'],
      ['DELETE', '/v1/echo/one'],
      ['GET', '/echo/one'],
      ['GET', '/runtime/else'],
    ])('%s %s is 404 with an empty body', async (method, route) => {
      const response = await get(route, { method });

      expect(response.status).toBe(404);
      expect(response.headers.get('allow')).toBeNull();
      expect(response.headers.get('content-length')).toBe('0');
    });
  });

  describe('keys', () => {
    it.each([
      ['/v1/keyed', 'none', 401],
      ['/v1/keyed', 'wrong', 401],
      ['/v1/keyed', 'system', 401],
      ['/v1/keyed', 'default', 200],
      ['/v1/keyed', 'master', 200],
      ['/v1/guarded', 'none', 401],
      ['/v1/guarded', 'default', 401],
      ['/v1/guarded', 'master', 200],
    ] as const)(
      '%s with the key "%s" is %i, by header and by query',
      async (route, which, status) => {
        const key = which === 'none' ? undefined : which === 'wrong' ? 'wrong' : host.keys[which];

        const byHeader = await get(route, { headers: key ? { 'x-functions-key': key } : {} });
        const byQuery = await get(`${route}${key ? `?code=${encodeURIComponent(key)}` : ''}`);

        expect([byHeader.status, byQuery.status]).toEqual([status, status]);
        if (status === 401) {
          expect(await byHeader.text()).toBe('');
          expect(byHeader.headers.get('www-authenticate')).toBeNull();
        }
      },
    );
  });

  describe('requests and answers', () => {
    it('a repeated query parameter arrives joined', async () => {
      const body = (await (await get('/v1/echo/x?p=1&p=2&q=')).json()) as { query: unknown };

      expect(body.query).toEqual({ p: '1,2', q: '' });
    });

    it('a body with a length arrives', async () => {
      const body = (await (await get('/v1/echo/x', { method: 'POST', body: 'hello' })).json()) as {
        body: string;
      };

      expect(body.body).toBe('hello');
    });

    it('a chunked body arrives empty', async () => {
      const answer = await new Promise<string>((resolve, reject) => {
        const sent = request(`${host.url}/v1/echo/x`, { method: 'POST' }, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve(text));
        });
        sent.on('error', reject);
        sent.write('first');
        sent.end('second');
      });

      expect((JSON.parse(answer) as { body: string }).body).toBe('');
    });

    it.each([
      ['/v1/empty', 204, ''],
      ['/v1/teapot', 418, 'short'],
      ['/v1/breaks', 500, ''],
      ['/v1/answersText', 500, ''],
      ['/v1/cookie', 200, ''],
    ])('%s answers %i', async (route, status, text) => {
      const response = await get(route);

      expect([response.status, await response.text()]).toEqual([status, text]);
      expect(response.headers.get('x-powered-by')).toBeNull();
    });

    it('cookies are written in the form of the real host', async () => {
      const { headers } = await get('/v1/cookie');

      expect(headers.get('set-cookie')).toBe('a=1; path=/; secure; samesite=strict; httponly');
    });
  });
}
