import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writesOf } from './tenant-truth.js';
import { onWire, type Wire, type WireAnswer } from './wire.js';
import { eventually } from './eventually.js';
import type { PersonName, World } from './world.js';

/** One route as the running app describes itself. */
export interface ListedDoor {
  /** `POST /api/incidents/{id}/notes` */
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly string[];
  /** Somebody who may pass; null where no person can. */
  readonly who: PersonName | null;
  readonly ofIncident: boolean;
  readonly hasBody: boolean;
  readonly bodyOptional: boolean;
  readonly required: readonly string[];
  readonly members: readonly string[];
  readonly query: readonly string[];
}

interface Operation {
  readonly description: string;
  readonly security: readonly Record<string, unknown>[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: BodySchema }>>;
  };
}
interface BodySchema {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

const personWith: Readonly<Record<string, PersonName>> = {
  Reader: 'reader',
  Responder: 'responder',
  Commander: 'commander',
  Operator: 'operator',
  Approver: 'approver',
};

/** Every route of `GET /api/openapi.json`, so that a new one is attacked from its first day. */
export async function everyDoor(world: World): Promise<ListedDoor[]> {
  const { body } = await world.api('/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([route, operations]) =>
    Object.entries(operations).map(([method, operation]) => doorOf(route, method, operation)),
  );
}

function doorOf(route: string, method: string, operation: Operation): ListedDoor {
  const { description, security, parameters, requestBody } = operation;
  const role = /Incident\.(\w+)/.exec(description)?.[1] ?? '';
  const schema = requestBody?.content['application/json']?.schema ?? {};
  return {
    label: `${method.toUpperCase()} ${route}`,
    method: method.toUpperCase(),
    path: route,
    security: security.flatMap((scheme) => Object.keys(scheme)),
    who: personWith[role] ?? null,
    ofIncident: route.includes('/incidents/{id}'),
    hasBody: requestBody !== undefined,
    bodyOptional: requestBody?.required === false,
    required: schema.required ?? [],
    members: Object.keys(schema.properties ?? {}),
    query: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
  };
}

/** Sends to one app and keeps every answer, so that at the end all of them can be looked at. */
export class Attacker {
  readonly #world: World;
  readonly #incidentId: string;
  readonly heard: { readonly to: string; readonly answer: WireAnswer }[] = [];

  constructor(world: World, incidentId: string) {
    this.#world = world;
    this.#incidentId = incidentId;
  }

  async send(to: string, wire: Wire = {}): Promise<WireAnswer> {
    const answer = await onWire(this.#world.appUrl, to, wire);
    this.heard.push({ to: `${wire.method ?? 'GET'} ${to.slice(0, 200)}`, answer });
    return answer;
  }

  /** At a listed door, as the one who may pass unless told otherwise. */
  async knock(
    door: ListedDoor,
    wire: Wire & { readonly as?: PersonName | null; readonly id?: string } = {},
  ): Promise<string> {
    const { as = door.who, id = this.#incidentId, ...rest } = wire;
    const token = as === null ? null : await this.#world.tokenOf(as);
    const bearer: Record<string, string> =
      token === null ? {} : { authorization: `Bearer ${token}` };
    return verdict(
      await this.send(door.path.replace('{id}', id), {
        method: door.method,
        ...rest,
        headers: { ...bearer, ...rest.headers },
      }),
    );
  }

  /** One attack on many doors: what each of them said. */
  async knockAll(
    doors: readonly ListedDoor[],
    wireOf: (door: ListedDoor) => Parameters<Attacker['knock']>[1],
  ): Promise<Record<string, string>> {
    const told: Record<string, string> = {};
    for (const door of doors) told[door.label] = await this.knock(door, wireOf(door));
    return told;
  }
}

/** `422 VALIDATION_FAILED` for a proper problem, `404 (empty)` without a body, else what came. */
export function verdict({ status, headers, text }: WireAnswer): string {
  if (text === '') return `${status} (empty)`;
  if (headers['content-type'] !== 'application/problem+json') return `${status} other`;
  const problem = JSON.parse(text) as Record<string, unknown>;
  const whole =
    problem['status'] === status &&
    [problem['type'], problem['title'], problem['detail']].every((one) => typeof one === 'string');
  return whole ? `${status} ${String(problem['code'])}` : `${status} misshapen problem`;
}

/** The same verdict expected of all these doors. */
export const allSay = (doors: readonly ListedDoor[], said: string): Record<string, string> =>
  Object.fromEntries(doors.map(({ label }) => [label, said]));

/**
 * Waits until nothing is written any more: a state that can be read is followed by its record entry, and
 * whoever compares before and after must not take that for an effect of what came between.
 */
export async function untilQuiet(world: World): Promise<void> {
  let before = '';
  await eventually(
    'the app writes nothing any more',
    async () => {
      const now = JSON.stringify(await standOf(world));
      const isQuiet = now === before;
      before = now;
      return isQuiet ? true : null;
    },
    { everyMs: 1000 },
  );
}

/** Everything an attack could have changed: the evidence store's files, the tenant, what people got. */
export async function standOf(world: World): Promise<Record<string, unknown>> {
  const root = path.join(world.dataDir, 'app/evidence');
  const files: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(root, file);
    if (!entry.isFile() || name.startsWith('locks')) continue;
    files[name] = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  }
  const cards = await world.control('/cards');
  const notices = await world.control('/notices');
  return {
    files,
    cards: cards.body,
    notices: notices.body,
    writes: (await writesOf(world)).length,
  };
}
