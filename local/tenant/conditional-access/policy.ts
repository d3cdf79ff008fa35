import { z } from 'zod';
import type { Properties } from '../directory/model.js';

const ids = z.array(z.string()).default([]);
const optional = z.record(z.string(), z.json()).nullable().default(null);
const risk = z.array(z.enum(['low', 'medium', 'high', 'hidden', 'none'])).default([]);

const guests = z
  .strictObject({ guestOrExternalUserTypes: z.string().min(1), externalTenants: optional })
  .nullable()
  .default(null);

const users = z.strictObject({
  includeUsers: ids,
  excludeUsers: ids,
  includeGroups: ids,
  excludeGroups: ids,
  includeRoles: ids,
  excludeRoles: ids,
  includeGuestsOrExternalUsers: guests,
  excludeGuestsOrExternalUsers: guests,
});

const applications = z.strictObject({
  includeApplications: ids,
  excludeApplications: ids,
  includeUserActions: ids,
  includeAuthenticationContextClassReferences: ids,
  applicationFilter: optional,
});

const conditions = z.strictObject({
  userRiskLevels: risk,
  signInRiskLevels: risk,
  servicePrincipalRiskLevels: risk,
  clientAppTypes: z
    .array(z.enum(['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other']))
    .min(1),
  platforms: z
    .strictObject({ includePlatforms: z.array(z.string()).min(1), excludePlatforms: ids })
    .nullable()
    .default(null),
  locations: z
    .strictObject({ includeLocations: z.array(z.string()).min(1), excludeLocations: ids })
    .nullable()
    .default(null),
  devices: z
    .strictObject({
      deviceFilter: z.strictObject({ mode: z.enum(['include', 'exclude']), rule: z.string() }),
    })
    .nullable()
    .default(null),
  clientApplications: z
    .strictObject({
      includeServicePrincipals: ids,
      excludeServicePrincipals: ids,
      servicePrincipalFilter: optional,
    })
    .nullable()
    .default(null),
  authenticationFlows: z
    .strictObject({ transferMethods: z.string().nullable().default(null) })
    .nullable()
    .default(null),
  insiderRiskLevels: z.string().nullable().default(null),
  applications,
  users,
});

const grantControls = z.strictObject({
  operator: z.enum(['AND', 'OR']),
  builtInControls: z
    .array(
      z.enum([
        'block',
        'mfa',
        'compliantDevice',
        'domainJoinedDevice',
        'approvedApplication',
        'compliantApplication',
        'passwordChange',
      ]),
    )
    .default([]),
  customAuthenticationFactors: ids,
  termsOfUse: ids,
  authenticationStrength: z.strictObject({ id: z.string() }).nullable().default(null),
});

const isEnabled = z.boolean().nullable().default(null);

/** Every control is shown, with null where it is not set: writing it back takes away what was added. */
const sessionControls = z.strictObject({
  applicationEnforcedRestrictions: z.strictObject({ isEnabled }).nullable().default(null),
  cloudAppSecurity: z
    .strictObject({
      cloudAppSecurityType: z.enum(['mcasConfigured', 'monitorOnly', 'blockDownloads']),
      isEnabled,
    })
    .nullable()
    .default(null),
  disableResilienceDefaults: z.boolean().nullable().default(null),
  persistentBrowser: z
    .strictObject({ mode: z.enum(['always', 'never']), isEnabled })
    .nullable()
    .default(null),
  signInFrequency: z
    .strictObject({
      value: z.number().int().min(1).nullable().default(null),
      type: z.enum(['days', 'hours']).nullable().default(null),
      authenticationType: z.string().default('primaryAndSecondaryAuthentication'),
      frequencyInterval: z.enum(['timeBased', 'everyTime']).default('timeBased'),
      isEnabled,
    })
    .nullable()
    .default(null),
});

/** The writable members of a policy, with what Graph shows where nothing was given. */
export const policySchema = z.strictObject({
  displayName: z.string().min(1).max(256),
  state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
  conditions,
  grantControls: grantControls.nullable().default(null),
  sessionControls: sessionControls.nullable().default(null),
});

export type ConditionalAccessPolicy = z.output<typeof policySchema>;

/** The writable members of a stored policy. */
export function writablePart(properties: Readonly<Properties>): Properties {
  return Object.fromEntries(
    Object.keys(policySchema.shape).map((name) => [name, properties[name] ?? null]),
  );
}

/** A stored policy, typed. */
export function readPolicy(properties: Readonly<Properties>): ConditionalAccessPolicy {
  return policySchema.parse(writablePart(properties));
}
