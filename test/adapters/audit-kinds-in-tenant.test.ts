import { createDirectoryAudits } from '../../shared/adapters/graph/directory-audits.js';
import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import type { ActorRef } from '../../shared/domain/identities.js';
import { reportQuota, start, tenantRig } from './tenant-rig.js';

const hour = 3_600_000;

/** What the actors of a scenario wrote, by kind of object and property without its key. */
async function written(scenario: string): Promise<ReadonlySet<string>> {
  const rig = tenantRig({ scenario, users: 12 });
  await rig.clock.sleep(hour);
  const { world, people } = rig.tenant;
  const rogue: ActorRef[] = (world.facts['rogue'] ?? []).map((id) => ({
    kind: 'servicePrincipal',
    id,
    name: 'rogue',
  }));
  const actors: ActorRef[] = [{ kind: 'user', id: people.actor.id, name: 'actor' }, ...rogue];
  const audits = createDirectoryAudits({
    client: rig.client,
    clock: rig.clock,
    quota: reportQuota,
  });
  const from = new Date(start - 24 * hour).toISOString();
  const window = { from, to: new Date(start + hour).toISOString() };
  const seen = new Set<string>();
  for await (const event of audits.readWrites(actors, window)) {
    for (const name of namesOf(event)) seen.add(`${event.objectType} ${name}`);
  }
  return seen;
}

const namesOf = ({ kind, changes }: AuditEvent): string[] =>
  kind === 'update' ? changes.map(({ property }) => property.split('/')[0] ?? '') : [kind];

it.each([
  [
    'policy-tamper',
    [
      'conditionalAccessPolicy state',
      'conditionalAccessPolicy conditions',
      'conditionalAccessPolicy softDelete',
      'conditionalAccessPolicy create',
      'namedLocation ipRanges',
      'namedLocation softDelete',
    ],
  ],
  [
    'rogue-app',
    [
      'servicePrincipal keyIdentifiers',
      'servicePrincipal appRoleAssignments',
      'servicePrincipal oauth2PermissionGrants',
      'application create',
      'user AccountEnabled',
    ],
  ],
])('rows of %s are read as what they are, over Graph too', async (scenario, expected) => {
  const seen = await written(scenario);

  expect([...seen]).toEqual(expect.arrayContaining(expected));
  expect([...seen].filter((name) => name.startsWith('other '))).toEqual([]);
});
