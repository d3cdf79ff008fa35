import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** One exchange with a door, as it went over the wire. */
export interface Exchange {
  readonly method: string;
  /** `/api/incidents/{id}/plan` */
  readonly path: string;
  readonly query: readonly string[];
  readonly sent: string | null;
  readonly status: number;
  readonly type: string | undefined;
  readonly answered: string;
}

interface Content {
  readonly [type: string]: { readonly schema?: object };
}
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/**
 * Holds what a door takes and answers to the served description (`GET /openapi.json`): the answer's
 * status, type and form are described, and a body that was taken is one that the description allows.
 * Answers what does not agree, in words; null when all does.
 */
export function createApiChecker({ paths, components }: ApiDescription) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components }, 'api');
  const compiled = new Map<object, ValidateFunction>();

  return (exchange: Exchange): string | null => {
    const { method, path, status, answered } = exchange;
    const operation = paths[path]?.[method.toLowerCase()];
    if (operation === undefined) return `${method} ${path} is not described`;
    const response = operation.responses[String(status)] ?? operation.responses['default'];
    if (response === undefined) return `${method} ${path}: ${status} is not described`;
    const wrong =
      (answered === '' ? null : wrongBody(response.content, exchange.type, answered)) ??
      (status < 300 ? wrongRequest(operation, exchange) : null);
    return wrong === null ? null : `${method} ${path} ${status}: ${wrong}`;
  };

  function wrongRequest(operation: Operation, { sent, query }: Exchange): string | null {
    const known = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    // A function key may come as a parameter too; it is no parameter of the route.
    const unknown = query.find((name) => name !== 'code' && !known.includes(name));
    if (unknown !== undefined) return `the parameter ${unknown} is not described`;
    if (sent === null) return operation.requestBody?.required ? 'a body is required' : null;
    return wrongBody(operation.requestBody?.content, 'application/json', sent);
  }

  function wrongBody(
    content: Content | undefined,
    type: string | undefined,
    text: string,
  ): string | null {
    const name = type?.split(';')[0] ?? '';
    const described = content?.[name];
    if (described === undefined) return `a body of type ${name} is not described`;
    if (described.schema === undefined || !name.includes('json')) return null;
    const validate = validatorOf(described.schema);
    return validate(JSON.parse(text)) ? null : ajv.errorsText(validate.errors);
  }

  function validatorOf(schema: object): ValidateFunction {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
    const validate = ajv.compile(JSON.parse(text) as object);
    compiled.set(schema, validate);
    return validate;
  }
}
