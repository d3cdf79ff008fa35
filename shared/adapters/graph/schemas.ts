import { z } from 'zod';
import { RewindError } from '../../errors.js';

/** Graph's shapes as far as we use them: unknown members are ignored, used ones are required. */
const id = z.string().min(1);
const text = z.string().nullish();
const flag = z.boolean().nullish();

export const userSchema = z.object({
  id,
  displayName: text,
  userPrincipalName: text,
  accountEnabled: flag,
  onPremisesSyncEnabled: flag,
  signInSessionsValidFromDateTime: text,
});

export const servicePrincipalSchema = z.object({
  id,
  appId: z.string(),
  displayName: text,
  accountEnabled: flag,
  appOwnerOrganizationId: text,
});

const credential = z.object({ keyId: z.string(), displayName: text });
export const credentialHolderSchema = z.object({
  id,
  appId: text,
  passwordCredentials: z.array(credential).nullish(),
  keyCredentials: z.array(z.looseObject({ keyId: z.string(), displayName: text })).nullish(),
});

export const groupSchema = z.object({
  id,
  displayName: text,
  groupTypes: z.array(z.string()).nullish(),
  membershipRule: text,
  isAssignableToRole: flag,
  onPremisesSyncEnabled: flag,
});

export const referenceSchema = z.object({ '@odata.type': text, id });

export const appRoleAssignmentSchema = z.object({
  id,
  appRoleId: z.string(),
  resourceId: z.string(),
  principalId: z.string(),
  principalType: text,
});

export const grantSchema = z.object({ id, resourceId: z.string(), scope: text });

export const fullGrantSchema = z.object({
  id,
  clientId: z.string(),
  resourceId: z.string(),
  principalId: text,
  scope: text,
});

export const roleAssignmentSchema = z.object({
  id,
  principalId: z.string(),
  roleDefinitionId: z.string(),
  directoryScopeId: text,
});

export const apiSchema = z.object({
  id,
  appRoles: z.array(z.object({ id: z.string(), value: text })),
});

export const licencesSchema = z.object({
  id,
  assignedLicenses: z.array(z.object({ skuId: z.string() })).nullish(),
});

export const snapshotSchema = z.object({ id, createdDateTime: z.string() });

export const signInSchema = z.object({
  userId: z.string(),
  createdDateTime: z.string(),
  status: z.object({ errorCode: z.number() }),
});

/** Checks one of Graph's objects. Throws GRAPH_UNAVAILABLE for a shape that Graph does not have. */
export function read<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).slice(0, 3);
  throw new RewindError(
    'GRAPH_UNAVAILABLE',
    `Graph answered with an unreadable ${what} (${where.join(', ')}).`,
  );
}
