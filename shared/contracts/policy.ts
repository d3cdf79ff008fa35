import { z } from 'zod';
import type { Policy } from '../domain/policy.js';

const objectId = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    'is not an object id (GUID)',
  )
  .transform((id) => id.toLowerCase());
const instant = z.iso.datetime({ offset: true, message: 'is not an ISO 8601 instant with a zone' });
const minutes = z.number().positive();
const quota = z.strictObject({
  requests: z.number().positive(),
  perSeconds: z.number().positive(),
});

const person = z.strictObject({ objectId, name: z.string().min(1).max(200) });
const people = z
  .array(person)
  .max(100)
  .refine((list) => new Set(list.map((one) => one.objectId)).size === list.length, {
    message: 'names one object id twice',
  });
const atLeastOne = people.refine((list) => list.length > 0, {
  message: 'names nobody, so nothing could ever be approved',
});

/** Public Teams and its government twins (contract section 4, `teams.serviceHosts`). */
const teamsHosts = [
  'smba.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  'smba.infra.gov.teams.microsoft.us',
  'smba.infra.dod.teams.microsoft.us',
];

/**
 * The policy document of contract section 4. Defaults are filled in; a field it does not know is
 * refused, because a misspelt safety rule that is silently ignored is worse than none.
 */
export const policySchema = z.strictObject({
  people: z.strictObject({
    operators: atLeastOne,
    approvers: atLeastOne,
    commanders: people.default([]),
    breakGlassApprovers: people.default([]),
  }),
  approvals: z
    .strictObject({
      secondApproverAbove: z.number().int().nonnegative().default(25),
      expireAfterMinutes: minutes.default(240),
      remindEveryMinutes: minutes.default(30),
      allowOutgoingWebhook: z.boolean().default(false),
    })
    .prefault({}),
  protected: z
    .strictObject({
      breakGlassIds: z.array(objectId).default([]),
      neverTouchIds: z.array(objectId).default([]),
    })
    .prefault({}),
  containment: z
    .strictObject({
      user: z
        .array(z.enum(['revokeSessions', 'disable', 'confirmCompromised', 'removeDirectoryRoles']))
        .default(['revokeSessions', 'disable']),
      servicePrincipal: z
        .array(
          z.enum([
            'disable',
            'confirmCompromised',
            'removeCredentials',
            'removeAppRoles',
            'removeDirectoryRoles',
          ]),
        )
        .default(['disable']),
      maxPerHour: z.number().int().nonnegative().default(3),
    })
    .prefault({}),
  scope: z
    .strictObject({
      lookbackMinutes: z.number().nonnegative().default(60),
      settleMinutes: minutes.default(15),
      maxSweeps: z.number().int().min(2).max(100).default(4),
      reportQuota: quota.default({ requests: 5, perSeconds: 10 }),
    })
    .prefault({}),
  plan: z
    .strictObject({
      includeCreated: z.boolean().default(false),
      includeMixed: z.enum(['surgical', 'skip']).default('surgical'),
    })
    .prefault({}),
  execution: z
    .strictObject({
      writeQuota: quota.default({ requests: 3000, perSeconds: 150 }),
      policyQuota: quota.default({ requests: 1, perSeconds: 1 }),
      executor: z.enum(['auto', 'surgical', 'native', 'handOff']).default('auto'),
      canary: z.array(z.number().int().positive()).max(10).default([1, 25]),
      writeBudget: z.number().positive().max(1).default(0.8),
      notBefore: instant.nullable().default(null),
      notAfter: instant.nullable().default(null),
      reapproveAboveDriftPercent: z.number().min(0).max(100).default(1),
    })
    .prefault({})
    .refine(
      ({ notBefore, notAfter }) =>
        notBefore === null || notAfter === null || Date.parse(notBefore) < Date.parse(notAfter),
      { path: ['notAfter'], message: 'is not later than notBefore' },
    ),
  timing: z
    .strictObject({
      pollSeconds: z
        .strictObject({
          first: z.number().positive().default(5),
          max: z.number().positive().default(300),
        })
        .prefault({})
        .refine(({ first, max }) => first <= max, {
          path: ['max'],
          message: 'is smaller than first',
        }),
    })
    .prefault({}),
  verification: z
    .strictObject({
      readBackMinutes: minutes.default(10),
      watchMinutes: minutes.default(30),
      signInSample: z.number().int().min(0).max(100).default(10),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      actionGroupRules: z
        .array(z.string().regex(/^\/subscriptions\/.+/i, 'is not the id of an alert rule'))
        .default([]),
    })
    .prefault({}),
  teams: z
    .strictObject({
      serviceHosts: z
        .array(
          z
            .string()
            .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i, 'is not host or host:port')
            .transform((host) => host.toLowerCase()),
        )
        .default(teamsHosts),
    })
    .prefault({}),
  drift: z
    .strictObject({
      schedule: z
        .string()
        .regex(/^(\S+\s+){5}\S+$/, 'is not an NCRONTAB expression of six fields')
        .default('0 0 6 * * 1'),
      changeLog: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
}) satisfies z.ZodType<Policy>;

export interface PolicyProblem {
  /** Dotted path of the field, empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

export type PolicyReading =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Reads a policy document from its text, with every default filled in. */
export function parsePolicy(text: string): PolicyReading {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { ok: false, problems: [{ path: '', message: 'the policy is not JSON' }] };
  }
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return { ok: true, policy: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): PolicyProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key].map(String).join('.'),
      message: 'is not a field of the policy',
    }));
  }
  return [{ path: issue.path.map(String).join('.'), message: issue.message }];
}
