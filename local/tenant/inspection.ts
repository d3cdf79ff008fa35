import { z } from 'zod';
import type { Inspection } from './control/control-world.js';
import { ControlProblem } from './control/routing.js';
import { differencesSince } from './differences.js';
import type { Directory } from './directory/directory.js';
import type { TenantClock } from './exchange.js';
import type { FaultRule, Faults } from './faults.js';
import type { Journal } from './journal.js';

const answerSchema = z.union([
  z.enum(['reset', 'html', 'empty', 'hang', 'applyThenReset']),
  z.strictObject({
    status: z.number().int().min(100).max(599),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
  }),
]);
const rulesSchema = z.array(
  z.strictObject({
    match: z.strictObject({ method: z.string().optional(), path: z.string() }),
    times: z.number().int().min(1).optional(),
    probability: z.number().min(0).max(1).optional(),
    answer: answerSchema,
    delayMs: z.number().min(0).optional(),
  }),
);

/** The views and switches that the control server offers over one world. */
export function inspectionOf(world: {
  readonly directory: Directory;
  readonly clock: TenantClock;
  readonly faults: Faults;
  readonly journal: Journal;
  /** Object id of the product's own service principal. */
  readonly ourId: string;
}): Inspection {
  const { directory, clock, faults, journal } = world;
  return {
    journal,
    differences(since) {
      directory.advance(clock.now());
      return differencesSince(world, since);
    },
    object(kind, id) {
      directory.advance(clock.now());
      const state = directory.now.state(id);
      const object = directory.now.get(id) ?? directory.now.deleted(id);
      if (object === undefined || object.type.toLowerCase() !== kind.toLowerCase()) return null;
      return {
        id: object.id,
        type: object.type,
        state,
        properties: object.properties,
        members: directory.now.links(id, 'members'),
        owners: directory.now.links(id, 'owners'),
        manager: directory.now.links(id, 'manager')[0] ?? null,
        memberOf: directory.now.incoming(id, 'members'),
      };
    },
    faults: {
      list: () => faults.list(),
      replace(rules) {
        const parsed = rulesSchema.safeParse(rules);
        if (!parsed.success) {
          throw new ControlProblem(400, 'BODY_INVALID', z.prettifyError(parsed.error));
        }
        try {
          faults.set(parsed.data as readonly FaultRule[]);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          throw new ControlProblem(400, 'BODY_INVALID', error.message);
        }
      },
    },
  };
}
