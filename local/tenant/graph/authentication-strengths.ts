import { z } from 'zod';
import { isoSeconds } from '../directory/instants.js';
import type { DirectoryObject, Properties } from '../directory/model.js';
import type { View } from '../directory/view.js';
import { bodyOf } from './body.js';
import { malformed, notFound } from './errors.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const path = 'policies/authenticationStrengthPolicies';
const writers = ['Policy.ReadWrite.AuthenticationMethod', 'Policy.ReadWrite.ConditionalAccess'];
const readers = ['Policy.Read.All', 'Policy.Read.AuthenticationMethod', ...writers];
const admins = [
  'Conditional Access Administrator',
  'Security Administrator',
  'Global Administrator',
];

/** Authentication strengths: three built in, others of the tenant's own. There is no bin for them. */
export const authenticationStrengthRoutes: readonly Route[] = [
  reading(
    path,
    readers,
    (context) =>
      pageOf(context, {
        resource: resources.authenticationStrengthPolicy,
        items: context.view.list('authenticationStrengthPolicy'),
      }),
    { options: listOptions },
  ),
  reading(`${path}/{id}`, readers, (context) => oneOf(context, find(context, context.view))),
  writing('POST', path, writers, admins, create),
  writing('PATCH', `${path}/{id}`, writers, admins, patch),
  writing('POST', `${path}/{id}/updateAllowedCombinations`, writers, admins, updateCombinations),
  writing('DELETE', `${path}/{id}`, writers, admins, remove),
];

const combinations = z.array(z.string().min(1)).min(1);
const names = { displayName: z.string().min(1).max(30), description: z.string() };

function find(context: GraphContext, view: View): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const object = view.get(id);
  if (object?.type !== 'authenticationStrengthPolicy') throw notFound(id);
  return object;
}

/** Built-in strengths cannot be changed. */
function findOwn(context: GraphContext): DirectoryObject {
  const strength = find(context, context.truth);
  if (strength.properties['policyType'] === 'custom') return strength;
  throw malformed('Built-in authentication strength policies cannot be changed.');
}

function create(context: GraphContext): Outcome {
  const { by, directory, now } = context;
  const wish = bodyOf(
    context,
    z.strictObject({
      ...names,
      description: names.description.default(''),
      allowedCombinations: combinations,
      policyType: z.literal('custom').optional(),
      requirementsSatisfied: z.enum(['mfa', 'none']).optional(),
    }),
  );
  const id = directory.newId();
  const properties = {
    ...wish,
    policyType: 'custom',
    requirementsSatisfied: 'mfa',
    createdDateTime: isoSeconds(now),
    modifiedDateTime: isoSeconds(now),
  };
  context.wrote(directory.create('authenticationStrengthPolicy', id, properties, by, now));
  return { ...oneOf(context, directory.object(id)), status: 201 };
}

function patch(context: GraphContext): Outcome {
  const { id } = findOwn(context);
  write(context, id, bodyOf(context, z.strictObject(names).partial()) as Properties);
  return { status: 204 };
}

function updateCombinations(context: GraphContext): Outcome {
  const { id, properties } = findOwn(context);
  const { allowedCombinations } = bodyOf(
    context,
    z.strictObject({ allowedCombinations: combinations }),
  );
  const previousCombinations = properties['allowedCombinations'] ?? [];
  write(context, id, { allowedCombinations });
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata('microsoft.graph.updateAllowedCombinationsResult'),
      currentCombinations: allowedCombinations,
      previousCombinations,
      conditionalAccessReferences: [],
      additionalInformation: '',
    },
  };
}

function write(context: GraphContext, id: string, change: Properties): void {
  const { by, directory, now } = context;
  const dated = { ...change, modifiedDateTime: isoSeconds(now) };
  context.wrote(directory.update(id, dated, by, now));
}

function remove(context: GraphContext): Outcome {
  const { id } = findOwn(context);
  context.alarm = 'HARD_DELETE';
  context.wrote(context.directory.hardDelete(id, context.by, context.now));
  return { status: 204 };
}
