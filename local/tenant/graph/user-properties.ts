import { text, type DirectoryObject, type Json, type Properties } from '../directory/model.js';
import { badRequest } from './errors.js';

type Kind = 'text' | 'requiredText' | 'flag' | 'texts' | 'onePhone' | 'country' | 'date' | 'object';

const writable: Readonly<Record<string, Kind>> = {
  accountEnabled: 'flag',
  ageGroup: 'text',
  businessPhones: 'onePhone',
  city: 'text',
  companyName: 'text',
  consentProvidedForMinor: 'text',
  country: 'text',
  department: 'text',
  displayName: 'requiredText',
  employeeHireDate: 'date',
  employeeId: 'text',
  employeeLeaveDateTime: 'date',
  employeeOrgData: 'object',
  employeeType: 'text',
  faxNumber: 'text',
  givenName: 'text',
  jobTitle: 'text',
  mail: 'text',
  mailNickname: 'requiredText',
  mobilePhone: 'text',
  officeLocation: 'text',
  onPremisesExtensionAttributes: 'object',
  onPremisesImmutableId: 'text',
  otherMails: 'texts',
  passwordPolicies: 'text',
  passwordProfile: 'object',
  postalCode: 'text',
  preferredDataLocation: 'text',
  preferredLanguage: 'text',
  state: 'text',
  streetAddress: 'text',
  surname: 'text',
  usageLocation: 'country',
  userPrincipalName: 'requiredText',
  userType: 'text',
};

/** Graph fact sheet A.2. */
export const sensitiveProperties: ReadonlySet<string> = new Set([
  'accountEnabled',
  'passwordProfile',
  'userPrincipalName',
  'onPremisesImmutableId',
  'mobilePhone',
  'businessPhones',
  'otherMails',
]);

/** The cloud may still write these on an object mastered on-premises. */
const cloudMastered = new Set(['accountEnabled', 'usageLocation', 'passwordProfile', 'otherMails']);

/** Checks the body of `PATCH /users/{id}` as the service does; any flaw is a 400 and nothing is written. */
export function checkUserPatch(user: DirectoryObject, body: unknown): Properties {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest('A value is required for the request body.');
  }
  const patch = body as Properties;
  const names = Object.keys(patch);
  if (names.length === 0) throw badRequest('No properties were specified to update.');
  for (const name of names) {
    const kind = writable[name];
    if (kind === undefined) {
      throw badRequest(`Property '${name}' is read-only and cannot be set, or does not exist.`);
    }
    if (!fits(kind, patch[name] as Json)) {
      throw badRequest(`Invalid value specified for property '${name}' of resource 'User'.`);
    }
    if (user.properties['onPremisesSyncEnabled'] === true && !cloudMastered.has(name)) {
      throw badRequest(
        'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
      );
    }
  }
  if ('passwordProfile' in patch && user.properties['@odata.type'] !== undefined) {
    throw badRequest('An agent user has no password.');
  }
  const extensions = patch['onPremisesExtensionAttributes'];
  if (extensions === undefined || extensions === null) return patch;
  return { ...patch, onPremisesExtensionAttributes: mergedExtensions(user, extensions) };
}

/** The body of `POST /users`, with what every new user has; a flaw is a 400. */
export function checkNewUser(body: unknown, domain: string): Properties {
  const nobody: DirectoryObject = { id: '', type: 'user', seq: 0, properties: {} };
  const user = checkUserPatch(nobody, body);
  const required = ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile'];
  const missing = [...required, 'userPrincipalName'].find((name) => user[name] == null);
  if (missing !== undefined) {
    throw badRequest(`A value is required for property '${missing}' of resource 'User'.`);
  }
  const name = text(user, 'userPrincipalName');
  if (name.split('@')[1] !== domain) {
    throw badRequest('The domain portion of the userPrincipalName property is invalid.');
  }
  return { userType: 'Member', mail: name, proxyAddresses: [`SMTP:${name}`], ...user };
}

function mergedExtensions(user: DirectoryObject, given: Json): Json {
  for (const [name, value] of Object.entries(given as Properties)) {
    const known = /^extensionAttribute([1-9]|1[0-5])$/.test(name);
    if (known && (value === null || typeof value === 'string')) continue;
    throw badRequest(`Invalid property '${name}' of 'onPremisesExtensionAttributes'.`);
  }
  const merged = {
    ...(user.properties['onPremisesExtensionAttributes'] as Properties | null),
    ...(given as Properties),
  };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

function fits(kind: Kind, value: Json): boolean {
  switch (kind) {
    case 'flag':
      return typeof value === 'boolean';
    case 'requiredText':
      return typeof value === 'string' && value !== '';
    case 'text':
      return value === null || (typeof value === 'string' && value !== '');
    case 'country':
      return value === null || (typeof value === 'string' && /^[A-Z]{2}$/.test(value));
    case 'date':
      return value === null || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
    case 'object':
      return value === null || (typeof value === 'object' && !Array.isArray(value));
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'onePhone':
      return (
        Array.isArray(value) && value.length <= 1 && value.every((item) => typeof item === 'string')
      );
  }
}
