import { incidentIdForm } from '../../shared/domain/incident/incident.js';
import { z } from 'zod';
import { problem } from '../../shared/contracts/http.js';
import { anyone } from './access.js';
import { keyedRoutes } from './idempotency.js';
import { door, type AnswerDoc, type Door } from './door.js';

/** `GET /openapi.json`: made from the schemas that do the checking, so it cannot say anything else. */
export function openApiDoor(doors: readonly Door[]): Door {
  const self = door<null>({
    name: 'getOpenApi',
    method: 'GET',
    route: 'openapi.json',
    summary: 'This description.',
    access: anyone,
    answers: {
      200: {
        description: 'An OpenAPI 3.1 document.',
        schema: z.looseObject({ openapi: z.literal('3.1.0'), paths: z.looseObject({}) }),
      },
    },
    handle: () => Promise.resolve({ status: 200, json: description }),
  });
  const description = describe([...doors, self]);
  return self;
}

function describe(doors: readonly Door[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = {};
  for (const one of doors) {
    const path = (paths[`/api/${one.route}`] ??= {});
    path[one.method.toLowerCase()] = operation(one, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Entra Rewind',
      version: '1',
      description:
        'Incident response for Microsoft Entra ID: contain, scope, preview, approve, recover, verify.',
    },
    paths,
    components: {
      schemas: { Problem: jsonSchema(problem, 'output', schemas), ...schemas },
      securitySchemes: {
        entra: { type: 'http', scheme: 'bearer', bearerFormat: 'Microsoft Entra access token' },
        botConnector: { type: 'http', scheme: 'bearer', bearerFormat: 'Bot Connector token' },
        teamsHmac: {
          type: 'apiKey',
          in: 'header',
          name: 'authorization',
          description: 'HMAC and the base64 HMAC-SHA256 of the body',
        },
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      },
    },
  };
}

/** `named` takes the schemas that have an id of their own. */
function operation(one: Door, named: Record<string, unknown>) {
  const sent = one.bodyDoc ?? one.body;
  const refusals = one.access.security.length > 0 || one.body !== undefined;
  return {
    operationId: one.name,
    summary: one.summary,
    description: `For: ${one.access.describe}.`,
    security: one.access.security.map((scheme) => ({ [scheme]: [] })),
    parameters: parametersOf(one, named),
    ...(sent && {
      requestBody: {
        required: !one.bodyOptional,
        content: { 'application/json': { schema: jsonSchema(sent, 'input', named) } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(one.answers).map(([status, answer]) => [
          status,
          Number(status) < 400 ? response(answer, named) : refusal(answer.description),
        ]),
      ),
      ...(refusals && { default: refusal('A problem; `code` is stable.') }),
    },
  };
}

function parametersOf(one: Door, named: Record<string, unknown>) {
  const id = {
    name: 'id',
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: incidentIdForm.source },
  };
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    schema: { type: 'string', maxLength: 200 },
  };
  const query =
    one.query === undefined
      ? {}
      : (jsonSchema(one.query, 'input', named)['properties'] as Record<string, unknown>);
  return [
    ...(one.route.includes('{id}') ? [id] : []),
    ...(keyedRoutes.has(one.name) ? [key] : []),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema })),
  ];
}

const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function response(
  { description, type, otherTypes = [], schema }: AnswerDoc,
  named: Record<string, unknown>,
) {
  if (schema === undefined && type === undefined) return { description };
  const body = schema ? { schema: jsonSchema(schema, 'output', named) } : {};
  const others = Object.fromEntries(otherTypes.map((other) => [other, {}]));
  return { description, content: { [type ?? 'application/json']: body, ...others } };
}

/** The schema as JSON Schema; parts with an id go to `named` once and are referred to there. */
function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
  named: Record<string, unknown>,
): Record<string, unknown> {
  const whole = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const text = JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs = {}, ...rest } = JSON.parse(text) as Record<string, unknown>;
  for (const [name, part] of Object.entries($defs as Record<string, object>)) {
    const { $schema: __, id: ___, ...own } = part as Record<string, unknown>;
    named[name] = own;
  }
  return rest;
}
