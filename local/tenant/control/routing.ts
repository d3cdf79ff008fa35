import { z } from 'zod';
import { errorText } from '../error-text.js';
import type { TenantRequest } from '../exchange.js';
import { personNames } from '../scenarios/world.js';

/** One route; its answer is sent as JSON with status 200. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Matches the whole path; named groups are the parameters. */
  readonly path: RegExp;
  readonly answer: (
    request: TenantRequest,
    parameters: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
}

/** A refusal of the control server. */
export class ControlProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ControlProblem';
    this.status = status;
    this.code = code;
  }
}

export const personSchema = z.enum(personNames);

/** The body checked by a schema; an absent body counts as `{}`. Throws `ControlProblem` 400. */
export function bodyOf<T extends z.ZodType>(request: TenantRequest, schema: T): z.infer<T> {
  const text = request.body.toString('utf8');
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ControlProblem(400, 'BODY_UNREADABLE', 'The body is not JSON.');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ControlProblem(400, 'BODY_INVALID', z.prettifyError(parsed.error));
  return parsed.data;
}

/** Calls the product; nobody answering is a problem of its own. */
export async function reach<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ControlProblem) throw error;
    const cause = errorText(error);
    throw new ControlProblem(502, 'APP_UNREACHABLE', `The product did not answer: ${cause}`);
  }
}
