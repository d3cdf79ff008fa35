import { z } from 'zod';
import { isoSeconds } from '../directory/instants.js';
import type { DirectoryObject, Json } from '../directory/model.js';
import { bodyOf } from './body.js';
import { badRequest, GraphError } from './errors.js';
import { pageOf } from './present.js';
import { shape, type Resource } from './resource-shape.js';
import { read } from './resources.js';
import { reading, writing } from './route-forms.js';
import { roleDefinitionOf } from './roles.js';
import type { GraphContext, Outcome, Route } from './route.js';

const root = 'roleManagement/directory';
const admins = ['Privileged Role Administrator', 'Global Administrator'];
const anyRole = ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory'];

/** PIM's view of roles that are held, and the requests that take roles away (graph fact sheet A.6, G). */
export const roleScheduleRoutes: readonly Route[] = [
  reading(
    `${root}/roleAssignmentScheduleInstances`,
    [
      'RoleAssignmentSchedule.Read.Directory',
      'RoleAssignmentSchedule.ReadWrite.Directory',
      ...anyRole,
    ],
    listInstances,
    { options: ['$select', '$filter', '$top', '$skiptoken', '$expand'] },
  ),
  writing(
    'POST',
    `${root}/roleAssignmentScheduleRequests`,
    [
      'RoleAssignmentSchedule.Remove.Directory',
      'RoleAssignmentSchedule.ReadWrite.Directory',
      'RoleManagement.ReadWrite.Directory',
    ],
    admins,
    (context) => remove(context, 'roleAssignment'),
  ),
  writing(
    'POST',
    `${root}/roleEligibilityScheduleRequests`,
    ['RoleEligibilitySchedule.ReadWrite.Directory', 'RoleManagement.ReadWrite.Directory'],
    admins,
    (context) => remove(context, 'roleEligibility'),
  ),
];

const instance: Resource = {
  name: 'unifiedRoleAssignmentScheduleInstance',
  set: `${root}/roleAssignmentScheduleInstances`,
  properties: shape(
    `id principalId roleDefinitionId directoryScopeId appScopeId startDateTime endDateTime
      assignmentType memberType roleAssignmentOriginId roleAssignmentScheduleId`,
    ``,
  ),
  defaults: [],
  filterable: { id: 'eq', principalId: 'eq', roleDefinitionId: 'eq', directoryScopeId: 'eq' },
};

function listInstances(context: GraphContext): Outcome {
  const { expand, select } = context.options;
  const unknown = expand.find((name) => name !== 'roleDefinition' && name !== 'activatedUsing');
  if (unknown !== undefined) throw badRequest(`'${unknown}' cannot be expanded here.`);
  const names = select ?? Object.keys(instance.properties);
  return pageOf(context, {
    resource: instance,
    items: [...context.view.list('roleAssignment')].map(asInstance),
    show: (held) => ({
      ...Object.fromEntries(names.map((name) => [name, read(held, name)])),
      ...(expand.includes('roleDefinition')
        ? { roleDefinition: roleDefinitionOf(held.properties['roleDefinitionId']) }
        : {}),
      ...(expand.includes('activatedUsing') ? { activatedUsing: null } : {}),
    }),
  });
}

/** Nobody here activates roles for a while: all that are held were assigned, without an end. */
function asInstance(assignment: DirectoryObject): DirectoryObject {
  const properties: Record<string, Json> = {
    ...assignment.properties,
    assignmentType: 'Assigned',
    memberType: 'Direct',
    roleAssignmentOriginId: assignment.id,
    roleAssignmentScheduleId: assignment.id,
  };
  return { ...assignment, properties };
}

const request = z.strictObject({
  action: z.literal('adminRemove'),
  principalId: z.guid(),
  roleDefinitionId: z.guid(),
  directoryScopeId: z.string(),
  justification: z.string().optional(),
});

/** What the status says after a removal, and the code where nothing is held, is unknown: assumed. */
function remove(context: GraphContext, type: 'roleAssignment' | 'roleEligibility'): Outcome {
  const { by, directory, now, truth } = context;
  const wish = bodyOf(context, request);
  const held = [...truth.list(type)].find(
    ({ properties }) =>
      properties['principalId'] === wish.principalId &&
      properties['roleDefinitionId'] === wish.roleDefinitionId &&
      properties['directoryScopeId'] === wish.directoryScopeId,
  );
  if (held === undefined) {
    const message = 'The Role assignment does not exist.';
    throw new GraphError(400, 'RoleAssignmentDoesNotExist', message);
  }
  context.wrote(directory.endAssignment(held.id, by, now));
  const set = type === 'roleAssignment' ? 'Assignment' : 'Eligibility';
  const odata = context.metadata(`${root}/role${set}ScheduleRequests/$entity`);
  return {
    status: 201,
    body: {
      '@odata.context': odata,
      ...wish,
      id: directory.newId(),
      status: 'Revoked',
      createdDateTime: isoSeconds(now),
      targetScheduleId: held.id,
    },
  };
}
