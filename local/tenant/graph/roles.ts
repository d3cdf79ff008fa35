import { text, type Json } from '../directory/model.js';
import { roleDefinitions, roleOf } from '../directory/roles.js';
import { badRequest, notFound } from './errors.js';
import { pageOf, shown } from './present.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const readers = [
  'RoleManagement.Read.Directory',
  'RoleManagement.ReadWrite.Directory',
  'RoleManagement.Read.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];
const options = ['$select', '$filter', '$top', '$skiptoken', '$expand', '$count'];
const roleAdmins = ['Privileged Role Administrator', 'Global Administrator'];
const root = 'roleManagement/directory';

/** Directory roles, and who could activate one in PIM (graph fact sheet A.6, G). */
export const roleRoutes: readonly Route[] = [
  reading(
    `${root}/roleEligibilityScheduleInstances`,
    [
      'RoleEligibilitySchedule.Read.Directory',
      'RoleEligibilitySchedule.ReadWrite.Directory',
    ].concat(readers.slice(0, 3)),
    (context) =>
      pageOf(context, {
        resource: resources.roleEligibility,
        items: context.view.list('roleEligibility'),
      }),
    { options: ['$select', '$filter', '$top', '$skiptoken'] },
  ),
  reading(`${root}/roleAssignments`, readers, listAssignments, { options }),
  reading(`${root}/roleDefinitions`, readers, listDefinitions, { options: ['$select', '$top'] }),
  reading(`${root}/roleDefinitions/{id}`, readers, getDefinition),
  writing(
    'DELETE',
    `${root}/roleAssignments/{id}`,
    ['RoleManagement.ReadWrite.Directory'],
    roleAdmins,
    endAssignment,
  ),
];

function listAssignments(context: GraphContext): Outcome {
  const { expand, select } = context.options;
  const unknown = expand.find((name) => name !== 'roleDefinition' && name !== 'principal');
  if (unknown !== undefined) throw badRequest(`'${unknown}' cannot be expanded here.`);
  return pageOf(context, {
    resource: resources.roleAssignment,
    items: context.view.list('roleAssignment'),
    show: (assignment) => {
      const body = shown(assignment, select);
      const principal = context.view.get(text(assignment.properties, 'principalId'));
      return {
        ...body,
        ...(expand.includes('roleDefinition')
          ? { roleDefinition: roleDefinitionOf(assignment.properties['roleDefinitionId']) }
          : {}),
        ...(expand.includes('principal') && principal !== undefined
          ? { principal: { '@odata.type': `#microsoft.graph.${principal.type}`, id: principal.id } }
          : {}),
      };
    },
  });
}

function endAssignment(context: GraphContext): Outcome {
  const id = context.param('id');
  const assignment = context.truth.get(id);
  if (assignment?.type !== 'roleAssignment') throw notFound(id);
  context.wrote(context.directory.endAssignment(id, context.by, context.now));
  return { status: 204 };
}

function listDefinitions(context: GraphContext): Outcome {
  const value = roleDefinitions.map(({ id }) => roleDefinitionOf(id));
  const body = { '@odata.context': context.metadata('roleManagement/directory/roleDefinitions') };
  return { status: 200, body: { ...body, value } };
}

function getDefinition(context: GraphContext): Outcome {
  const id = context.param('id').toLowerCase();
  if (roleOf(id) === undefined) throw notFound(id);
  return { status: 200, body: roleDefinitionOf(id) };
}

/** A role as Graph shows it. */
export function roleDefinitionOf(value: Json | undefined): Record<string, Json> {
  const id = typeof value === 'string' ? value : '';
  const displayName = roleOf(id)?.displayName ?? 'Custom role';
  return { id, templateId: id, displayName, isBuiltIn: true, isEnabled: true };
}
