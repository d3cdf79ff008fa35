import type { PersonName } from '../../local/tenant/scenarios/world.js';
import type { Tenant } from '../../local/tenant/tenant.js';
import type { CallerVerifier } from '../../shared/ports/callers.js';

export type SimulatedPerson = PersonName;

const everyRole = [
  'Incident.Commander',
  'Incident.Operator',
  'Incident.Approver',
  'Incident.Responder',
];
const rolesOf: Readonly<Record<PersonName, readonly string[]>> = {
  commander: ['Incident.Commander'],
  operator: ['Incident.Operator'],
  approver: ['Incident.Approver'],
  responder: ['Incident.Responder'],
  reader: ['Incident.Reader'],
  outsider: [],
  actor: everyRole,
  breakGlass1: ['Incident.Approver'],
  breakGlass2: ['Incident.Approver'],
};

/** Who is there is not what the simulation tests: a person's token is the person's name. */
export function simulatedCallers(tenant: Tenant): CallerVerifier {
  return {
    verify: (authorization) => {
      const name = authorization?.replace(/^Bearer /, '') ?? '';
      const person = tenant.people[name as PersonName] as { id: string } | undefined;
      if (person === undefined) return Promise.resolve(null);
      return Promise.resolve({
        kind: 'person',
        id: person.id,
        name,
        clientId: 'simulated',
        roles: rolesOf[name as PersonName],
        proof: { issuer: 'simulated', tokenIdHash: `hash-of-${name}`, issuedAt: null },
      });
    },
  };
}
