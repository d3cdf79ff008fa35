import { z } from 'zod';
import type { Properties } from '../directory/model.js';
import { badRequest, flaws } from './errors.js';

export type AppType = 'application' | 'servicePrincipal';

const text = z.string().min(1).nullable();
const texts = z.array(z.string().min(1));
const complex = z.record(z.string(), z.json()).nullable();
const guid = z.guid();

const appRoles = z.array(
  z.strictObject({
    id: guid,
    value: text.optional(),
    displayName: z.string().min(1),
    description: z.string().min(1),
    isEnabled: z.boolean(),
    allowedMemberTypes: z.array(z.enum(['User', 'Application'])).min(1),
    origin: z.string().optional(),
  }),
);

const requiredResourceAccess = z
  .array(
    z.strictObject({
      resourceAppId: guid,
      resourceAccess: z.array(z.strictObject({ id: guid, type: z.enum(['Role', 'Scope']) })),
    }),
  )
  .max(50);

/** Credentials go their own way, with rows of their own. */
const credentialLists = { keyCredentials: z.json(), passwordCredentials: z.json() };

const application = z.strictObject({
  addIns: z.array(z.record(z.string(), z.json())),
  api: complex,
  appRoles,
  description: text,
  displayName: z.string().min(1).max(256),
  groupMembershipClaims: text,
  identifierUris: texts,
  info: complex,
  isDeviceOnlyAuthSupported: z.boolean().nullable(),
  isDisabled: z.boolean().nullable(),
  isFallbackPublicClient: z.boolean().nullable(),
  nativeAuthenticationApisEnabled: z.enum(['none', 'all']).nullable(),
  notes: text,
  optionalClaims: complex,
  publicClient: complex,
  requiredResourceAccess,
  serviceManagementReference: text,
  servicePrincipalLockConfiguration: complex,
  signInAudience: z.enum([
    'AzureADMyOrg',
    'AzureADMultipleOrgs',
    'AzureADandPersonalMicrosoftAccount',
    'PersonalMicrosoftAccount',
  ]),
  spa: complex,
  tags: texts,
  web: complex,
  ...credentialLists,
});

const servicePrincipal = z.strictObject({
  accountEnabled: z.boolean(),
  addIns: z.array(z.record(z.string(), z.json())),
  alternativeNames: texts,
  appRoleAssignmentRequired: z.boolean(),
  appRoles,
  description: text,
  displayName: z.string().min(1).max(256),
  homepage: text,
  loginUrl: text,
  logoutUrl: text,
  notes: text,
  notificationEmailAddresses: z.array(z.email()).max(5),
  preferredSingleSignOnMode: z.enum(['password', 'saml', 'notSupported', 'oidc']).nullable(),
  preferredTokenSigningKeyThumbprint: text,
  replyUrls: texts,
  samlSingleSignOnSettings: z.strictObject({ relayState: text }).nullable(),
  servicePrincipalNames: texts,
  tags: texts,
  ...credentialLists,
});

const schemas = {
  application: application.partial(),
  servicePrincipal: servicePrincipal.partial(),
};

/** The body of a PATCH, if every property of it can be written and has a value it can take; else 400. */
export function checkAppPatch(type: AppType, body: unknown): Properties {
  const parsed = schemas[type].safeParse(body);
  if (!parsed.success) throw badRequest(flaws(parsed.error));
  if (Object.keys(parsed.data).length === 0) throw badRequest('Nothing to update.');
  return parsed.data as Properties;
}
