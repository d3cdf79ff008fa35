import type { DirectoryObject } from '../directory/model.js';
import { appReaders } from './applications.js';
import { notFound } from './errors.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { resources } from './resources.js';
import { reading } from './route-forms.js';
import type { GraphContext, Route } from './route.js';

const userReaders = [
  'User.Read.All',
  'User.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];

const kinds = [
  { base: 'application', name: 'agentIdentityBlueprint' },
  { base: 'servicePrincipal', name: 'agentIdentityBlueprintPrincipal' },
  { base: 'servicePrincipal', name: 'agentIdentity' },
  { base: 'user', name: 'agentUser' },
] as const;

/** The objects of Agent ID under the names of their own types; everything else goes by the base type. */
export const agentRoutes: readonly Route[] = kinds.flatMap(({ base, name }): Route[] => {
  const cast = `microsoft.graph.${name}`;
  const readers =
    base === 'user'
      ? userReaders
      : [...appReaders, `${name.charAt(0).toUpperCase()}${name.slice(1)}.Read.All`];
  const isOne = ({ properties }: DirectoryObject): boolean =>
    properties['@odata.type'] === `#${cast}`;
  return [
    reading(
      `${base}s/${cast}`,
      readers,
      (context) =>
        pageOf(context, {
          resource: resources[base],
          items: [...context.view.list(base)].filter(isOne),
        }),
      { options: listOptions },
    ),
    reading(`${base}s/{id}/${cast}`, readers, (context) => {
      const object = ofType(context, base);
      if (!isOne(object)) throw notFound(object.id);
      return oneOf(context, object);
    }),
  ];
});

function ofType(context: GraphContext, type: (typeof kinds)[number]['base']): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const object = context.view.get(id);
  if (object?.type !== type) throw notFound(id);
  return object;
}
