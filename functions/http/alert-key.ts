import { z } from 'zod';
import { anyone } from './access.js';
import { door } from './door.js';

/**
 * `GET /alerts/key`: the host lets only holders of a key through to here, so the echo proves the key
 * (decision record 0005). It tells a caller nothing that the host's own 401 would not.
 */
export const alertKey = {
  ...door<null, undefined, { nonce: string }>({
    name: 'alertKey',
    method: 'GET',
    route: 'alerts/key',
    summary: 'Echo a nonce to whoever holds a function key.',
    access: { ...anyone, describe: 'a function key', security: ['functionKey'] },
    // A key may come as ?code= too, so other parameters are not looked at.
    query: z.object({ nonce: z.uuid() }),
    answers: { 200: { description: 'The nonce.', schema: z.object({ nonce: z.string() }) } },
    handle: ({ query }) => Promise.resolve({ status: 200, json: { nonce: query.nonce } }),
  }),
  authLevel: 'function' as const,
};
