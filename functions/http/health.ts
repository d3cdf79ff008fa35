import { health, readinessDocument } from '../../shared/contracts/http.js';
import type { Caller } from '../../shared/ports/callers.js';
import type { Check } from '../../shared/ports/readiness.js';
import { anyone, readers } from './access.js';
import { door } from './door.js';

export const getHealth = door<null>({
  name: 'getHealth',
  method: 'GET',
  route: 'health',
  summary: 'Whether the process answers.',
  access: anyone,
  answers: { 200: { description: 'It does.', schema: health } },
  handle: () => Promise.resolve({ status: 200, json: { status: 'ok' } }),
});

/** Worst first: what the whole is, is what its worst check is. */
const worstFirst: readonly Check['status'][] = ['failed', 'unknown', 'warning', 'ok'];

export const getReadiness = door<Caller>({
  name: 'getReadiness',
  method: 'GET',
  route: 'readiness',
  summary: 'The preflight: what was checked just now, what was seen, what to do.',
  access: readers,
  answers: { 200: { description: 'The checks.', schema: readinessDocument } },
  handle: async ({ services }) => {
    const checks = await services.readiness();
    const status = worstFirst.find((one) => checks.some((check) => check.status === one));
    return { status: 200, json: { status: status ?? 'unknown', checks } };
  },
});
