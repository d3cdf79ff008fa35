import type { DirectoryObject } from '../directory/model.js';
import { badRequest, notFound } from './errors.js';
import type { GraphContext } from './route.js';

const pattern =
  /^(https:\/\/[^/]+)\/(?:v1\.0|beta)\/(?:directoryObjects|users|groups|servicePrincipals)\/([0-9a-f-]{36})$/i;

/** The reference in the body of `POST …/$ref`. */
export function bodyReference(context: GraphContext): DirectoryObject {
  const body = context.body as Readonly<Record<string, unknown>> | null;
  return referenced(context, body?.['@odata.id']);
}

/** The live object that a reference names; only this tenant's Graph may be referred to. */
export function referenced(context: GraphContext, reference: unknown): DirectoryObject {
  const match = typeof reference === 'string' ? pattern.exec(reference) : null;
  const hosts = [context.origin, 'https://graph.microsoft.com'];
  if (match === null || !hosts.includes(match[1] ?? '')) {
    throw badRequest('Invalid URL specified for the reference.');
  }
  const id = (match[2] ?? '').toLowerCase();
  const object = context.truth.get(id);
  if (object === undefined) throw notFound(id);
  return object;
}
