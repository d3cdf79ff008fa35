import { groupsOf, rolesHeld } from '../directory/belonging.js';
import type { DirectoryObject } from '../directory/model.js';
import { roleOf } from '../directory/roles.js';
import { badRequest, unsupportedQuery } from './errors.js';
import { listOptions, pageOf, shown } from './present.js';
import { resources } from './resources.js';
import type { GraphContext, Outcome, Route } from './route.js';
import { findUser } from './users.js';

const readers = [
  'User.Read.All',
  'User.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
  'GroupMember.Read.All',
];
const checkers = [
  'User.Read.All+GroupMember.Read.All',
  'User.Read.All+GroupMember.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];

/** `memberOf` and its transitive and typed forms, and the two membership checks (graph fact sheet G). */
export const membershipRoutes: readonly Route[] = [
  ...(['memberOf', 'transitiveMemberOf'] as const).flatMap((relation): Route[] => [
    list(`users/{id}/${relation}`, (context) => listMemberships(context, true)),
    list(`users/{id}/${relation}/microsoft.graph.group`, (context) => {
      checkCast(context);
      return listMemberships(context, false);
    }),
    list(`users/{id}/${relation}/microsoft.graph.directoryRole`, (context) => {
      checkCast(context);
      return { status: 200, body: { value: directoryRoles(context) } };
    }),
  ]),
  {
    method: 'POST',
    path: 'users/{id}/checkMemberGroups',
    area: 'identity',
    units: 4,
    reads: true,
    permissions: checkers,
    handle: (context) => check(context, 'groupIds', groupsOf(context.view, findUser(context).id)),
  },
  {
    method: 'POST',
    path: 'users/{id}/checkMemberObjects',
    area: 'identity',
    units: 4,
    reads: true,
    permissions: checkers,
    handle: (context) => {
      const { id } = findUser(context);
      const held = [...groupsOf(context.view, id), ...rolesHeld(context.view, id)];
      return check(context, 'ids', held);
    },
  },
];

function list(path: string, handle: (context: GraphContext) => Outcome): Route {
  const options = listOptions;
  return { method: 'GET', path, area: 'identity', units: 2, options, permissions: readers, handle };
}

function listMemberships(context: GraphContext, withRoles: boolean): Outcome {
  const { id } = findUser(context);
  const transitive = context.path.toLowerCase().includes('transitivememberof');
  const ids = transitive ? groupsOf(context.view, id) : context.view.incoming(id, 'members');
  const groups = ids
    .map((group) => context.view.get(group))
    .filter((group): group is DirectoryObject => group !== undefined)
    .sort((one, other) => one.seq - other.seq);
  const { select } = context.options;
  const outcome = pageOf(context, {
    resource: resources.group,
    items: groups,
    mixed: withRoles,
    show: (group) => shown(group, select),
  });
  if (!withRoles || context.options.skipToken !== null) return outcome;
  const body = outcome.body as { value: unknown[] };
  return { ...outcome, body: { ...body, value: [...directoryRoles(context), ...body.value] } };
}

function directoryRoles(context: GraphContext): Record<string, unknown>[] {
  return [...rolesHeld(context.view, findUser(context).id)].map((id) => ({
    '@odata.type': '#microsoft.graph.directoryRole',
    id,
    displayName: roleOf(id)?.displayName ?? null,
    roleTemplateId: id,
  }));
}

function checkCast(context: GraphContext): void {
  if (context.options.advanced) return;
  throw unsupportedQuery(
    "The specified OData cast requires the header 'ConsistencyLevel: eventual' and '$count=true'.",
  );
}

function check(context: GraphContext, property: string, held: readonly string[]): Outcome {
  const ids = (context.body as Readonly<Record<string, unknown>> | null)?.[property];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw badRequest(`The '${property}' parameter is required.`);
  }
  if (ids.length > 20) throw badRequest(`Too many ids in '${property}'; the maximum is 20.`);
  const value = ids.filter((id: string) => held.includes(id.toLowerCase()));
  return {
    status: 200,
    body: { '@odata.context': context.metadata('Collection(Edm.String)'), value },
  };
}
