import { z } from 'zod';
import { parseRule, RuleError } from '../directory/dynamic-groups.js';
import type { DirectoryObject, Properties } from '../directory/model.js';
import { badRequest, flaws } from './errors.js';
import { isUnified } from './group-access.js';

const text = z.string().min(1).nullable();
const types = z.array(z.enum(['Unified', 'DynamicMembership']));

const writable = {
  classification: text,
  description: text,
  displayName: z.string().min(1).max(256),
  groupTypes: types,
  mailNickname: z
    .string()
    .regex(/^[!-~]{1,64}$/)
    .regex(/^[^@()\\[\]";:<>,]+$/),
  membershipRule: text,
  membershipRuleProcessingState: z.enum(['On', 'Paused']).nullable(),
  preferredDataLocation: text,
  preferredLanguage: text,
  securityEnabled: z.boolean(),
  theme: z.enum(['Teal', 'Purple', 'Green', 'Blue', 'Pink', 'Orange', 'Red']).nullable(),
  visibility: z.enum(['Public', 'Private', 'HiddenMembership']).nullable(),
};

const patchSchema = z.strictObject(writable).partial();

const creationSchema = z
  .strictObject({
    ...patchSchema.shape,
    displayName: writable.displayName,
    mailNickname: writable.mailNickname,
    securityEnabled: z.boolean(),
    mailEnabled: z.boolean(),
    groupTypes: types.default([]),
    isAssignableToRole: z.boolean().optional(),
  })
  .refine(({ groupTypes, mailEnabled }) => groupTypes.includes('Unified') === mailEnabled, {
    error: 'Mail-enabled security groups and distribution lists cannot be created here.',
  })
  .refine(({ mailEnabled, securityEnabled }) => mailEnabled || securityEnabled, {
    error: 'A group is mail-enabled, security-enabled or both.',
  })
  .refine(
    ({ groupTypes, membershipRule }) =>
      groupTypes.includes('DynamicMembership') === (membershipRule != null),
    { error: 'A dynamic group has a membershipRule, and only a dynamic group has one.' },
  );

/** The body of a PATCH, if the group can take all of it; else 400 and nothing is written. */
export function checkGroupPatch(group: DirectoryObject, body: unknown): Properties {
  const parsed = patchSchema.safeParse(body);
  if (!parsed.success) throw badRequest(flaws(parsed.error));
  const patch = parsed.data;
  if (patch.groupTypes !== undefined && patch.groupTypes.includes('Unified') !== isUnified(group)) {
    throw badRequest("The value 'Unified' of groupTypes cannot be changed after the creation.");
  }
  const visibility = group.properties['visibility'] ?? null;
  if (patch.visibility !== undefined && patch.visibility !== visibility) {
    if ([patch.visibility, visibility].includes('HiddenMembership')) {
      throw badRequest('HiddenMembership can only be set when a group is created.');
    }
  }
  checkRule(patch.membershipRule);
  return patch as Properties;
}

/** The whole group from the body of a creation; a flaw is a 400. */
export function createdGroup(body: unknown, domain: string): Properties {
  const parsed = creationSchema.safeParse(body);
  if (!parsed.success) throw badRequest(flaws(parsed.error));
  const group = parsed.data;
  checkRule(group.membershipRule);
  const dynamic = group.groupTypes.includes('DynamicMembership');
  const mail = `${group.mailNickname}@${domain}`;
  return {
    ...(group as Properties),
    membershipRuleProcessingState: dynamic ? (group.membershipRuleProcessingState ?? 'On') : null,
    isAssignableToRole: group.isAssignableToRole ?? null,
    ...(group.mailEnabled ? { mail, proxyAddresses: [`SMTP:${mail}`] } : {}),
  };
}

function checkRule(rule: string | null | undefined): void {
  if (typeof rule !== 'string') return;
  try {
    parseRule(rule);
  } catch (error) {
    if (error instanceof RuleError) throw badRequest(error.message);
    throw error;
  }
}
