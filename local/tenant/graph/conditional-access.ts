import { readPolicy } from '../conditional-access/policy.js';
import { isoSeconds } from '../directory/instants.js';
import type { DirectoryObject, Json, Properties } from '../directory/model.js';
import type { View } from '../directory/view.js';
import { createdPolicy, patchedPolicy } from './conditional-access-policy.js';
import { malformed, notFound } from './errors.js';
import { createdLocation, patchedLocation } from './named-location.js';
import { itemOptions, listOptions, oneOf, pageOf, shown, shownDeleted } from './present.js';
import { resources } from './resources.js';
import type { GraphContext, Outcome, Route } from './route.js';

type Kind = 'conditionalAccessPolicy' | 'namedLocation';

const root = 'identity/conditionalAccess';
const readers = ['Policy.Read.All', 'Policy.Read.ConditionalAccess'];
const writers = ['Policy.ReadWrite.ConditionalAccess+Policy.Read.All'];
/** Which scopes restore is unknown; the one that writes policies is assumed (backup fact sheet 11.2). */
const restorers = ['Policy.ReadWrite.ConditionalAccess'];
const delegatedRoles = [
  'Conditional Access Administrator',
  'Security Administrator',
  'Global Administrator',
];

const sets: Readonly<Record<Kind, string>> = {
  conditionalAccessPolicy: 'policies',
  namedLocation: 'namedLocations',
};

/**
 * Conditional Access policies and named locations, live and in their own recycle bin (backup fact
 * sheet 11.2). All of it shares one request a second per tenant (graph fact sheet B.2).
 */
export const conditionalAccessRoutes: readonly Route[] = (
  ['conditionalAccessPolicy', 'namedLocation'] as const
).flatMap((kind): Route[] => {
  const live = `${root}/${sets[kind]}`;
  const bin = `${root}/deletedItems/${sets[kind]}`;
  return [
    read(live, listOptions, (context) => list(context, kind)),
    read(`${live}/{id}`, itemOptions, (context) =>
      whole(context, find(context, kind, context.view)),
    ),
    write('POST', live, writers, (context) => create(context, kind)),
    write('PATCH', `${live}/{id}`, writers, (context) => patch(context, kind)),
    write('DELETE', `${live}/{id}`, writers, (context) => remove(context, kind)),
    read(bin, listOptions, (context) => listDeleted(context, kind)),
    read(`${bin}/{id}`, itemOptions, (context) => getDeleted(context, kind)),
    write('POST', `${bin}/{id}/restore`, restorers, (context) => restore(context, kind)),
    write('DELETE', `${bin}/{id}`, restorers, (context) => hardDelete(context, kind)),
  ];
});

function read(path: string, options: readonly string[], handle: Route['handle']): Route {
  const area = 'conditionalAccess';
  return { method: 'GET', path, area, units: 1, options, permissions: readers, handle };
}

function write(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  permissions: readonly string[],
  handle: Route['handle'],
): Route {
  const area = 'conditionalAccess';
  return { method, path, area, units: 1, permissions, delegatedRoles, handle };
}

function find(context: GraphContext, kind: Kind, view: View): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const object = view.get(id);
  if (object?.type !== kind) throw notFound(id);
  return object;
}

function findDeleted(context: GraphContext, kind: Kind, view: View): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const object = view.deleted(id);
  if (object?.type !== kind) throw notFound(id);
  return object;
}

function list(context: GraphContext, kind: Kind): Outcome {
  return pageOf(context, {
    resource: resources[kind],
    items: context.view.list(kind),
    show: (object) => withStrength(context, shown(object, context.options.select)),
  });
}

function whole(context: GraphContext, object: DirectoryObject): Outcome {
  const { body, ...outcome } = oneOf(context, object);
  return { ...outcome, body: withStrength(context, body as Shown) };
}

type Shown = Readonly<Record<string, Json | undefined>>;

/** A policy shows the whole strength that it asks for; a write takes its id and nothing else of it. */
function withStrength(context: GraphContext, policy: Shown): Shown {
  const controls = (policy['grantControls'] ?? null) as Readonly<Properties> | null;
  const named = (controls?.['authenticationStrength'] ?? null) as { readonly id: string } | null;
  const strength = named === null ? undefined : context.view.get(named.id);
  if (strength === undefined) return policy;
  const grantControls = {
    ...controls,
    'authenticationStrength@odata.context': context.metadata(
      `${resources.conditionalAccessPolicy.set}/grantControls/authenticationStrength/$entity`,
    ),
    authenticationStrength: shown(strength, null) as Properties,
  };
  return { ...policy, grantControls };
}

function create(context: GraphContext, kind: Kind): Outcome {
  const { body, by, directory, now, truth } = context;
  const properties = kind === 'namedLocation' ? createdLocation(body) : createdPolicy(body, truth);
  const dates = { createdDateTime: isoSeconds(now), modifiedDateTime: isoSeconds(now) };
  const id = directory.newId();
  const own: Properties = kind === 'namedLocation' ? {} : { templateId: null };
  context.wrote(directory.create(kind, id, { ...properties, ...own, ...dates }, by, now));
  return { ...whole(context, directory.object(id)), status: 201 };
}

function patch(context: GraphContext, kind: Kind): Outcome {
  const { body, by, directory, now, truth } = context;
  const object = find(context, kind, truth);
  const properties =
    kind === 'namedLocation'
      ? patchedLocation(object.properties, body)
      : patchedPolicy(object.properties, body, truth);
  const modified = { ...properties, modifiedDateTime: isoSeconds(now) };
  context.wrote(directory.update(object.id, modified, by, now));
  return { status: 204 };
}

function remove(context: GraphContext, kind: Kind): Outcome {
  const { by, directory, now, truth } = context;
  const object = find(context, kind, truth);
  if (kind === 'namedLocation') checkUnused(object, truth);
  context.wrote(directory.softDelete(object.id, by, now));
  return { status: 204 };
}

/** A location that is trusted or that a policy names cannot be deleted. */
function checkUnused({ id, properties }: DirectoryObject, view: View): void {
  if (properties['isTrusted'] === true) {
    throw malformed('A trusted named location cannot be deleted: set isTrusted to false first.');
  }
  for (const policy of view.list('conditionalAccessPolicy')) {
    const { locations } = readPolicy(policy.properties).conditions;
    const named = [...(locations?.includeLocations ?? []), ...(locations?.excludeLocations ?? [])];
    if (named.includes(id)) {
      throw malformed(`NamedLocation with id ${id} is referenced by policy ${policy.id}.`);
    }
  }
}

function listDeleted(context: GraphContext, kind: Kind): Outcome {
  return pageOf(context, {
    resource: resources[kind],
    items: context.view.list(kind, 'deleted'),
    show: (object) => withStrength(context, shownDeleted(context, object, context.options.select)),
  });
}

function getDeleted(context: GraphContext, kind: Kind): Outcome {
  const object = findDeleted(context, kind, context.view);
  return answer(context, kind, shownDeleted(context, object, context.options.select));
}

function restore(context: GraphContext, kind: Kind): Outcome {
  const { by, directory, now, truth } = context;
  const { id } = findDeleted(context, kind, truth);
  context.wrote(directory.restore(id, by, now));
  return answer(context, kind, shown(directory.object(id), null));
}

function answer(context: GraphContext, kind: Kind, shownAs: Shown): Outcome {
  const type = `#microsoft.graph.${kind}`;
  const odata = { '@odata.context': context.metadata(`${resources[kind].set}/$entity`) };
  return {
    status: 200,
    body: { ...odata, '@odata.type': type, ...withStrength(context, shownAs) },
  };
}

function hardDelete(context: GraphContext, kind: Kind): Outcome {
  const { by, directory, now, truth } = context;
  const { id } = findDeleted(context, kind, truth);
  context.alarm = 'HARD_DELETE';
  context.wrote(directory.hardDelete(id, by, now));
  return { status: 204 };
}
