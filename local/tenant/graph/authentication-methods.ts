import { z } from 'zod';
import { isoSeconds } from '../directory/instants.js';
import type { DirectoryObject, Json, Properties } from '../directory/model.js';
import type { View } from '../directory/view.js';
import { bodyOf } from './body.js';
import { flaws, malformed, notFound } from './errors.js';
import { isObject, merged } from './merge.js';
import { oneOf } from './present.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const path = 'policies/authenticationMethodsPolicy';
const member = `${path}/authenticationMethodConfigurations/{id}`;
const writers = ['Policy.ReadWrite.AuthenticationMethod'];
const readers = ['Policy.Read.All', 'Policy.Read.AuthenticationMethod', ...writers];
const admins = ['Authentication Policy Administrator', 'Global Administrator'];

/**
 * The one policy about authentication methods with the configuration of each method. The trail tells
 * the whole policy; since 2026 the service tells less for single settings, in a shape not published.
 */
export const authenticationMethodRoutes: readonly Route[] = [
  reading(path, readers, (context) => oneOf(context, only(context.view))),
  writing('PATCH', path, writers, admins, patchPolicy),
  reading(member, readers, getConfiguration, { options: [] }),
  writing('PATCH', member, writers, admins, patchConfiguration),
];

type Configuration = Properties & { readonly id: string };

const target = z.strictObject({
  id: z.string().min(1),
  targetType: z.enum(['group', 'user']),
  isRegistrationRequired: z.boolean().optional(),
  authenticationMode: z.string().optional(),
  isUsableForSignIn: z.boolean().optional(),
});

/** The members that all methods have; those of one method are whatever its configuration holds. */
const common = z.looseObject({
  state: z.enum(['enabled', 'disabled']),
  includeTargets: z.array(target),
  excludeTargets: z.array(target),
});

const policyPatch = z
  .strictObject({
    policyMigrationState: z.enum(['preMigration', 'migrationInProgress', 'migrationComplete']),
    reconfirmationInDays: z.number().int().min(0).max(730),
    registrationEnforcement: z.record(z.string(), z.json()),
  })
  .partial();

function only(view: View): DirectoryObject {
  const [policy] = view.list('authenticationMethodsPolicy');
  if (policy === undefined) throw new TypeError('The tenant has no authentication methods policy.');
  return policy;
}

function configurations({ properties }: DirectoryObject): readonly Configuration[] {
  return properties['authenticationMethodConfigurations'] as readonly Configuration[];
}

/** Ids such as `Sms` are compared without regard to case. */
function find(context: GraphContext, view: View): Configuration {
  const id = context.param('id');
  const found = configurations(only(view)).find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (found === undefined) throw notFound(id);
  return found;
}

function getConfiguration(context: GraphContext): Outcome {
  const set = 'authenticationMethodConfigurations/$entity';
  const odata = { '@odata.context': context.metadata(`authenticationMethodsPolicy/${set}`) };
  return { status: 200, body: { ...odata, ...find(context, context.view) } };
}

function patchPolicy(context: GraphContext): Outcome {
  const policy = only(context.truth);
  const wish = bodyOf(context, policyPatch) as Properties;
  const whole = Object.entries(wish).map(([name, value]): [string, Json] => [
    name,
    merged(policy.properties[name] ?? null, value),
  ]);
  return write(context, policy, Object.fromEntries(whole));
}

/** The body names the type of the method, and only members that the method has. */
function patchConfiguration(context: GraphContext): Outcome {
  const before = find(context, context.truth);
  const wish = context.body;
  if (!isObject(wish)) throw malformed();
  if (wish['@odata.type'] !== before['@odata.type']) {
    throw malformed("The '@odata.type' of the method is missing or cannot be changed.");
  }
  const unknown = Object.keys(wish).find((name) => name === 'id' || !(name in before));
  if (unknown !== undefined) throw malformed(`Property '${unknown}' cannot be set.`);
  const after = common.safeParse(merged(before, wish));
  if (!after.success) throw malformed(flaws(after.error));
  const policy = only(context.truth);
  const list = configurations(policy).map((one) =>
    one.id === before.id ? (after.data as Properties) : one,
  );
  return write(context, policy, { authenticationMethodConfigurations: list });
}

function write(context: GraphContext, { id }: DirectoryObject, patch: Properties): Outcome {
  const { by, directory, now } = context;
  const dated = { ...patch, lastModifiedDateTime: isoSeconds(now) };
  context.wrote(directory.update(id, dated, by, now));
  return { status: 204 };
}
