import { incidentIdForm } from '../../shared/domain/incident/incident.js';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { RewindError } from '../../shared/errors.js';
import { readBody } from './body.js';
import type { Answer, Door } from './door.js';
import { readJson } from './json-reader.js';
import { problemAnswer, problemOf } from './problem.js';
import type { DoorServices } from './services.js';

export type Handler = (
  request: HttpRequest,
  context: InvocationContext,
) => Promise<HttpResponseInit>;

/**
 * The one way in, for every route. Checks in the order of contract section 3: size 413, token 401, role
 * 403, rate 429, incident 404, readability 400, form 422; the door itself decides the rest. Whatever is
 * thrown is answered as problem+json, and nothing of an unexpected failure leaves the process.
 */
export function answering(
  door: Door,
  servicesOf: () => DoorServices,
  limit: (person: string, method: 'GET' | 'POST') => void,
): Handler {
  return async (request, context) => {
    try {
      return toResponse(await visit(request, context));
    } catch (error) {
      const problem = problemOf(error, context);
      return toResponse(door.refuse?.(problem) ?? problemAnswer(problem));
    }
  };

  async function visit(request: HttpRequest, context: InvocationContext): Promise<Answer> {
    const services = servicesOf();
    const bytes = door.method === 'POST' ? await readBody(request) : new Uint8Array();
    const caller = await door.access.admit({
      request,
      services,
      bytes,
      warn: (line) => context.warn(line),
    });
    const person = door.access.personOf(caller);
    if (person !== null) limit(person, door.method);
    const incident = door.ofIncident ? await incidentNamed(request.params['id'], services) : null;
    const body = door.body && parse(door.body, bodyOf(door, bytes));
    const query = door.query && parse(door.query, Object.fromEntries(request.query));
    return door.handle({ request, context, services, caller, incident, body, query });
  }
}

/** The incident of the route. Ids of another form are as unknown as ids nobody uses. */
async function incidentNamed(id: string | undefined, services: DoorServices): Promise<Incident> {
  const known = id !== undefined && incidentIdForm.test(id);
  const incident = known ? await services.store.readIncident(id) : null;
  if (incident === null) throw new RewindError('INCIDENT_NOT_FOUND', 'There is no such incident.');
  return incident;
}

function bodyOf(door: Door, bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0 && door.bodyOptional) return {};
  const read = readJson(bytes);
  if (!read.ok) throw new RewindError('BODY_UNREADABLE', read.hint);
  return read.value;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RewindError('VALIDATION_FAILED', 'The request does not fit; see errors.', {
    issues: parsed.error.issues.slice(0, 50).map((issue) => ({
      path: issue.path.map(String).join('.').slice(0, 200),
      code: issue.code,
      message: issue.message.slice(0, 300),
    })),
  });
}

function toResponse({ status, json, content, headers }: Answer): HttpResponseInit {
  const type = content?.type ?? 'application/json; charset=utf-8';
  const body = content?.body ?? (json === undefined ? undefined : JSON.stringify(json));
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  };
}
