import { text } from '../../../local/tenant/directory/model.js';
import type { Rig } from './support.js';

/** The ids of the one application that the company registered itself. */
export function expenseDesk({ world }: Rig): {
  application: string;
  servicePrincipal: string;
  appId: string;
} {
  const of = (type: 'application' | 'servicePrincipal'): string =>
    [...world.directory.now.list(type)].find(
      ({ properties }) => properties['displayName'] === 'Expense Desk',
    )?.id ?? '';
  const application = of('application');
  const appId = text(world.directory.object(application).properties, 'appId');
  return { application, servicePrincipal: of('servicePrincipal'), appId };
}
