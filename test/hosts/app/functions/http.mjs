import { existsSync } from 'node:fs';
import { app } from '@azure/functions';
import * as df from 'durable-functions';

const http = (name, options, handler) =>
  app.http(name, { authLevel: 'anonymous', ...options, handler });

http(
  'echo',
  { route: 'echo/{a}/{b?}', methods: ['GET', 'POST', 'PUT', 'HEAD'] },
  async (request) => ({
    jsonBody: {
      method: request.method,
      params: request.params,
      query: Object.fromEntries(request.query),
      body: await request.text(),
    },
  }),
);
http('echoWord', { route: 'echo/word' }, () => ({ body: 'the literal route' }));
http('number', { route: 'number/{n:int}' }, (request) => ({ jsonBody: request.params }));
http('anything', { route: 'anything/{*rest}' }, (request) => ({ jsonBody: request.params }));
http('keyed', { authLevel: 'function' }, () => ({ body: 'in' }));
http('guarded', { authLevel: 'admin' }, () => ({ body: 'in' }));
http('setting', {}, () => ({
  jsonBody: { greeting: process.env.GREETING, home: process.env.HOME },
}));
http('empty', {}, () => undefined);
http('teapot', {}, () => ({ status: 418, headers: { 'x-kind': 'pot' }, body: 'short' }));
http('cookie', {}, () => ({
  cookies: [{ name: 'a', value: '1', httpOnly: true, secure: true, sameSite: 'Strict' }],
}));
http('breaks', {}, () => {
  throw new Error('with a secret inside');
});
http('answersText', {}, () => 'a bare text');
http('clientValue', { extraInputs: [df.input.durableClient()] }, (request, context) => ({
  jsonBody: context.extraInputs.get(context.options.extraInputs[0]),
}));
http(
  'launch',
  { route: 'launch/{name}', extraInputs: [df.input.durableClient()] },
  async (request, context) => {
    const client = df.getClient(context);
    const id = await client.startNew(request.params.name, { input: await request.json() });
    return client.createCheckStatusResponse(request, id);
  },
);
http('whenReleased', {}, async (request) => {
  while (!existsSync(request.query.get('release'))) await new Promise((go) => setTimeout(go, 10));
  return { body: 'answered' };
});
