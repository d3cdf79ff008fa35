/**
 * What people and programs send to the API and get from it. Strict with people: an unknown field is
 * refused. `GET /openapi.json` is made from these very schemas.
 */
import { z } from 'zod';
import { incidentStates, outcomes, stepNames, stepStates } from '../domain/incident/incident.js';
import { deltaClasses } from '../domain/plan/plan.js';
import { approvalLines } from '../domain/approval/approval.js';
import { statusOfCode } from '../errors.js';

/** Object ids are compared in lower case everywhere, so they are taken in lower case. */
const guid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'not an object id')
  .transform((id) => id.toLowerCase());
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hex digits are needed');
const instant = z.iso
  .datetime({ offset: true, message: 'an ISO 8601 instant with Z or an offset is needed' })
  .transform((text) => new Date(text).toISOString());
const line = (most: number) => z.string().trim().min(1).max(most);
const name = line(100);

/** Exactly one way to name an identity. */
const identity = z
  .strictObject({
    userPrincipalName: z.string().regex(/^[^\s@]{1,200}@[^\s@]{1,200}$/, 'not a UPN'),
    userId: guid,
    servicePrincipalId: guid,
    appId: guid,
  })
  .partial()
  .refine((given) => Object.values(given).filter((value) => value !== undefined).length === 1, {
    message: 'exactly one of userPrincipalName, userId, servicePrincipalId, appId is needed',
  });

const targets = z
  .strictObject({
    objectIds: z.array(guid).min(1).max(1000),
    objectType: name,
    property: name,
    operation: name,
  })
  .partial()
  .refine((given) => Object.keys(given).length > 0, { message: 'name at least one target field' });

export const startBody = z
  .strictObject({
    title: line(200),
    actor: identity.optional(),
    targets: targets.optional(),
    window: z
      .strictObject({ from: instant, to: instant.optional() })
      .refine(({ from, to }) => to === undefined || from < to, {
        path: ['to'],
        message: 'to lies after from',
      }),
    cause: z.enum(['accidental', 'malicious', 'unknown']).default('unknown'),
    note: line(4000).optional(),
  })
  .refine(({ actor, targets: named }) => actor !== undefined || named !== undefined, {
    path: ['actor'],
    message: 'one of actor and targets is needed',
  });

export const decisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  planDigest: digest,
  comment: line(2000).optional(),
  lines: z.array(z.enum(approvalLines)).max(approvalLines.length).optional(),
});

export const actorsBody = z
  .strictObject({
    add: z.array(identity).max(50).default([]),
    remove: z.array(guid).max(50).default([]),
    note: line(4000),
  })
  .refine(({ add, remove }) => add.length + remove.length > 0, {
    path: ['add'],
    message: 'name at least one identity in add or remove',
  });

/** Ids in lower case are the keys, so two spellings of one object cannot disagree. */
const choices = z
  .record(
    z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a lower-case object id'),
    z.enum(['reconcile', 'skip', 'handOver']),
  )
  .refine((given) => Object.keys(given).length <= 5000, { message: 'at most 5,000 choices' });

export const revisionBody = z
  .strictObject({
    basedOn: digest,
    exclude: z.array(guid).min(1).max(20_000).optional(),
    include: z.array(guid).min(1).max(20_000).optional(),
    choices: choices.optional(),
    recoveryPointId: line(200).optional(),
    executor: z.enum(['auto', 'surgical', 'native', 'handOff']).optional(),
    note: line(4000),
  })
  .refine(({ basedOn: _, note: __, ...changes }) => Object.keys(changes).length > 0, {
    path: ['exclude'],
    message: 'name at least one of exclude, include, choices, recoveryPointId, executor',
  })
  .refine(({ exclude = [], include = [] }) => !exclude.some((id) => include.includes(id)), {
    path: ['include'],
    message: 'an object cannot be both excluded and included',
  });

export const markBody = z.strictObject({ note: line(2000).optional() });

/** Lending needs no words: whose rights, for which incident, is all in the request. */
export const sessionBody = z.strictObject({});

export const releaseBody = z.strictObject({
  actorId: guid,
  decision: z.enum(['release', 'keep']),
  note: line(2000),
});

export const noteBody = z.strictObject({
  kind: z.enum(['note', 'deviation']).default('note'),
  text: line(4000),
});

const number = (least: number, most: number) =>
  z.coerce.number<string>().int().min(least).max(most);

export const listQuery = z.strictObject({
  top: number(1, 200).default(50),
  token: z.string().min(1).max(500).optional(),
});

export const planQuery = z.strictObject({
  format: z.enum(['json', 'csv']).default('json'),
  class: z.enum(deltaClasses).optional(),
  objectType: line(50).optional(),
  q: line(200).optional(),
  top: number(1, 5000).optional(),
  skip: number(0, 10_000_000).default(0),
});

export const reportQuery = z.strictObject({ format: z.enum(['html', 'md']).default('html') });

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(
    Object.entries(statusOfCode).flatMap(([code, status]) => (status === null ? [] : [code])),
  ),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
});

const role = z.enum(['operator', 'approver']);
export const started = z.object({ incidentId: z.string(), deduplicated: z.boolean() });
/** `reason` is there when it is another than that the alert is resolved. */
export const ignored = z.object({
  ignored: z.literal(true),
  reason: z.literal('redirected').optional(),
});
export const counted = z.object({ countedAs: role, remaining: z.array(role) });
export const accepted = z.object({ incidentId: z.string() });
export const lent = z.object({
  expiresAt: z.string(),
  backupAdministrator: z.enum(['active', 'eligible', 'missing']),
  /** Why more could not be found out about the role. */
  note: z.string().nullable(),
  /** Native waves that can still be started within the session. */
  wavesThatFit: z.number().int().nonnegative(),
});
export const noted = z.object({ entries: z.number().int(), head: z.string() });
export const released = z.object({ remaining: z.array(z.enum(['commander', 'approver'])) });
/** `planDigest` is null while a large plan is still being drawn. */
export const undoAsked = z.object({ planDigest: digest.nullable() });
const count = z.number().int().nonnegative();
const actorRef = z.looseObject({
  kind: z.enum(['user', 'servicePrincipal']),
  id: z.string(),
  name: z.string(),
});
const plan = z.looseObject({
  version: count,
  digest,
  executor: z.string(),
  objects: count,
  byClass: z.record(z.string(), count),
  byAction: z.record(z.string(), count),
  excluded: count,
  etaSeconds: z.number(),
  warnings: z.array(z.string()),
  expiresAt: z.string(),
});
/** The document of contract section 5; later versions add members. */
export const incidentDocument = z.looseObject({
  id: z.string(),
  title: z.string(),
  source: z.enum([
    'sentinelIncident',
    'sentinelAlert',
    'sentinelEntity',
    'azureMonitor',
    'commander',
  ]),
  labels: z.array(z.string()),
  state: z.enum(incidentStates),
  outcome: z.enum(outcomes).nullable(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  cause: z.enum(['accidental', 'malicious', 'unknown']),
  actor: actorRef.nullable(),
  actors: z.array(actorRef.extend({ containment: z.string(), provenAt: z.string().nullable() })),
  window: z.object({ from: z.string(), to: z.string() }),
  steps: z.array(
    z.looseObject({
      name: z.enum(stepNames),
      state: z.enum(stepStates),
      startedAt: z.string().nullable(),
      endedAt: z.string().nullable(),
      summary: z.string(),
      progress: z.object({
        done: z.number(),
        total: z.number().nullable(),
        etaSeconds: z.number().nullable(),
      }),
    }),
  ),
  scope: z.looseObject({ objects: count, settled: z.boolean(), digest: digest.nullable() }),
  recoveryPoint: z.looseObject({ id: z.string().nullable(), reason: z.string() }).nullable(),
  pointCheck: z
    .object({
      outcome: z.enum(['agrees', 'differs', 'unanswered']),
      at: z.string(),
      summary: z.string(),
    })
    .describe('The newest check of a plan against what the recovery point itself holds.')
    .optional(),
  plan: plan.nullable(),
  approvals: z.looseObject({
    required: z.array(role),
    given: z.array(
      z.looseObject({
        by: z.object({ id: z.string(), name: z.string() }),
        countedAs: role,
        at: z.string(),
        via: z.enum(['teams', 'http']),
      }),
    ),
  }),
  waitingFor: z
    .looseObject({ kind: z.string(), since: z.string(), question: z.string() })
    .nullable(),
  residual: z.array(
    z.looseObject({
      kind: z.string(),
      objectId: z.string(),
      name: z.string().optional(),
      what: z.string(),
      todo: z.string(),
    }),
  ),
  record: z.object({ entries: count, head: z.string().nullable() }),
  links: z.record(z.string(), z.string()),
});
export const incidentList = z.object({
  items: z.array(incidentDocument),
  nextToken: z.string().optional(),
  /** Incidents whose document cannot be read; look at their folder. */
  unreadable: z.array(z.string()).optional(),
});
export const planPage = z.looseObject({
  incidentId: z.string(),
  digest: digest.nullable(),
  provisional: z.boolean(),
  skip: count,
  top: count,
  items: z.array(
    z.looseObject({
      objectId: z.string(),
      objectType: z.string(),
      displayName: z.string(),
      deltas: z.array(
        z.looseObject({ property: z.string(), class: z.enum(deltaClasses), reason: z.string() }),
      ),
    }),
  ),
  total: count,
});
export const readinessDocument = z.object({
  status: z.enum(['ok', 'warning', 'failed', 'unknown']),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['ok', 'warning', 'failed', 'unknown']),
      evidence: z.string(),
      todo: z.string(),
    }),
  ),
});
export const health = z.object({ status: z.literal('ok') });

export type StartBody = z.output<typeof startBody>;
export type IdentityBody = z.output<typeof identity>;
