import { z } from 'zod';
import { json, type TenantResponse } from '../exchange.js';

/** A refusal in Graph's words. `code` and `message` go to the caller as they are. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function badRequest(message: string): GraphError {
  return new GraphError(400, 'Request_BadRequest', message);
}

/** A value that has to be the only one of its kind, and another object has it. */
export function conflicting(property: string): GraphError {
  return badRequest(`Another object with the same value for property ${property} already exists.`);
}

/** A 400 of the services behind policies, whose code differs from the directory's own. */
export function malformed(message = 'A value is required for the request body.'): GraphError {
  return new GraphError(400, 'BadRequest', message);
}

/** The first flaws of a body that does not fit its schema, in one line. */
export function flaws(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll('\n', ' ');
}

/** A query that the service does not answer in this form. */
export function unsupportedQuery(message: string): GraphError {
  return new GraphError(400, 'Request_UnsupportedQuery', message);
}

export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function denied(): GraphError {
  return new GraphError(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}

/** The ids that travel with every answer. */
export interface RequestIds {
  readonly requestId: string;
  readonly clientRequestId: string;
  readonly now: number;
}

/** The error envelope: `{error: {code, message, innerError}}`. */
export function errorResponse(error: GraphError, ids: RequestIds): TenantResponse {
  const innerError = {
    date: new Date(ids.now).toISOString().slice(0, 19),
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
  };
  const body = { error: { code: error.code, message: error.message, innerError } };
  return json(error.status, body, { ...error.headers });
}
