import type { HttpRequest } from '@azure/functions';
import type { Person } from '../../shared/domain/identities.js';
import { digestOf } from '../../shared/digest.js';
import { RewindError } from '../../shared/errors.js';
import type { DoorServices } from './services.js';

/** Routes that take the header; the API description names it there. */
export const keyedRoutes: ReadonlySet<string> = new Set(['startIncident', 'addNote']);

/**
 * The caller's `Idempotency-Key`, null without one. The first body under a person's key owns it: another
 * one throws IDEMPOTENCY_KEY_REUSED. The claim's value is the body's digest.
 */
export async function heldKey(
  services: Pick<DoorServices, 'store'>,
  request: HttpRequest,
  by: Person,
  body: object,
): Promise<string | null> {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    const message = '1 to 200 visible ASCII characters are needed';
    throw new RewindError('VALIDATION_FAILED', 'The request does not fit; see errors.', {
      issues: [{ path: 'Idempotency-Key', code: 'custom', message }],
    });
  }
  const digest = digestOf(body).slice('sha256:'.length);
  const claim = await services.store.claim(`idempotency|${by.id}|${key}`, digest);
  if (claim.incidentId !== digest) {
    throw new RewindError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key came with another body before. Use a new key.',
    );
  }
  return key;
}
