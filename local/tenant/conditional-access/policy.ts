import { z } from 'zod';
import type { Properties } from '../directory/model.js';

const ids = z.array(z.string()).default([]);
const optional = z.record(z.string(), z.json()).nullable().default(null);
const risk = z.array(z.enum(['low', 'medium', 'high', 'hidden', 'none'])).default([]);

const users = z.strictObject({
  includeUsers: ids,
  excludeUsers: ids,
  includeGroups: ids,
  excludeGroups: ids,
  includeRoles: ids,
  excludeRoles: ids,
  includeGuestsOrExternalUsers: optional,
  excludeGuestsOrExternalUsers: optional,
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
  platforms: optional,
  locations: z
    .strictObject({ includeLocations: z.array(z.string()).min(1), excludeLocations: ids })
    .nullable()
    .default(null),
  devices: optional,
  clientApplications: optional,
  authenticationFlows: optional,
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

/** The writable members of a policy, with what Graph shows where nothing was given. */
export const policySchema = z.strictObject({
  displayName: z.string().min(1).max(256),
  state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
  conditions,
  grantControls: grantControls.nullable().default(null),
  sessionControls: optional,
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
