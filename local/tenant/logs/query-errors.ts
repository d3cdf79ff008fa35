import { json, type TenantResponse } from '../exchange.js';
import type { KqlError } from '../kql/index.js';

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly correlationId: string;
  readonly innererror?: unknown;
}

/** An error of the Logs API. */
export function failure(status: number, error: Failure): TenantResponse {
  return json(status, { error });
}

/** 400: the request itself is wrong. */
export function badArgument(message: string, correlationId: string): TenantResponse {
  return failure(400, { code: 'BadArgumentError', message, correlationId });
}

/** 400: the query is wrong; the inner error says whether it cannot be parsed or makes no sense. */
export function queryFailure(
  error: KqlError,
  query: string,
  correlationId: string,
): TenantResponse {
  const syntax = error.kind === 'syntax';
  const place = error.position === undefined ? {} : placeOf(query, error.position);
  return failure(400, {
    code: 'BadArgumentError',
    message: 'The request had some invalid properties',
    correlationId,
    innererror: {
      code: syntax ? 'SyntaxError' : 'SemanticError',
      message: syntax ? 'A recognition error occurred in the query.' : 'A semantic error occurred.',
      innererror: { code: syntax ? 'SYN0002' : 'SEM0100', message: error.message, ...place },
    },
  });
}

function placeOf(query: string, position: number): { line: number; pos: number } {
  const before = query.slice(0, position).split('\n');
  return { line: before.length, pos: before.at(-1)?.length ?? 0 };
}
