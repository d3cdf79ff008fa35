import type { Caller } from '../../shared/ports/callers.js';
import type { Person } from '../../shared/domain/identities.js';
import { RewindError } from '../../shared/errors.js';
import type { Access, Knock } from './door.js';

export type Role =
  | 'Incident.Reader'
  | 'Incident.Responder'
  | 'Incident.Commander'
  | 'Incident.Operator'
  | 'Incident.Approver'
  | 'Incident.Trigger';

export type PersonCaller = Extract<Caller, { kind: 'person' }>;

/** Every role of this API includes reading. */
const readingRoles: readonly Role[] = [
  'Incident.Reader',
  'Incident.Responder',
  'Incident.Commander',
  'Incident.Operator',
  'Incident.Approver',
  'Incident.Trigger',
];

/** Whoever holds any role of this API, person or application. Without keys to check tokens, nobody. */
export const readers: Access<Caller> = {
  describe: 'Incident.Reader (every other role includes it)',
  security: ['entra'],
  admit: async (knock) => {
    const caller = await closedInOutage(knock, verified);
    if (!readingRoles.some((role) => caller.roles.includes(role))) {
      throw notPermitted('Incident.Reader');
    }
    return caller;
  },
  personOf: (caller) => (caller.kind === 'person' ? caller.id : null),
};

/** A signed-in person with one of these roles. Being pinned in the policy is not established here. */
export function people(...roles: readonly Role[]): Access<PersonCaller> {
  const wanted = roles.join(' or ');
  return {
    describe: wanted,
    security: ['entra'],
    admit: async (knock) => {
      const caller = await closedInOutage(knock, verified);
      if (!roles.some((role) => caller.roles.includes(role))) throw notPermitted(wanted);
      if (caller.kind !== 'person') {
        throw new RewindError(
          'NOT_PERMITTED',
          `A person with the role ${wanted} is needed; an application cannot do this.`,
        );
      }
      return caller;
    },
    personOf: (caller) => caller.id,
  };
}

export const anyone: Access<null> = {
  describe: 'anyone',
  security: [],
  admit: () => Promise.resolve(null),
  personOf: () => null,
};

/** For people an outage of the keys is a closed door like any other; the log says which. */
export async function closedInOutage<C>(
  knock: Knock,
  establish: (knock: Knock) => Promise<C>,
): Promise<C> {
  try {
    return await establish(knock);
  } catch (error) {
    if (!(error instanceof RewindError) || error.code !== 'IDENTITY_UNAVAILABLE') throw error;
    knock.warn(error.message);
    throw unauthenticated();
  }
}

/** Throws UNAUTHENTICATED, or IDENTITY_UNAVAILABLE when tokens cannot be checked at the moment. */
export async function verified({ request, services }: Knock): Promise<Caller> {
  const caller = await services.callers.verify(request.headers.get('authorization'));
  if (caller === null) throw unauthenticated();
  return caller;
}

export const unauthenticated = (): RewindError =>
  new RewindError('UNAUTHENTICATED', 'A valid token is needed.');

export const notPermitted = (missing: string): RewindError =>
  new RewindError('NOT_PERMITTED', `The role ${missing} is missing.`);

export const asPerson = ({ id, name }: PersonCaller): Person => ({ id, name });
