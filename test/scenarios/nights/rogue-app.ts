import { forgotten, isTouched, rehearse, valueIn, type Rehearsal } from './rehearsal.js';

describe('rogue-app: an application acts by itself and for the person who opened it', () => {
  let night: Rehearsal;
  beforeAll(async () => {
    night = await rehearse({
      scenario: 'rogue-app',
      users: 30,
      meanwhile: namesThePersonToo(),
    });
  }, 60_000);

  it('contains both, and recovers what both did', () => {
    const { outcome, actors } = night.incident;

    expect(actors.map(({ kind, containment }) => [kind, containment]).sort()).toEqual([
      ['servicePrincipal', 'contained'],
      ['user', 'contained'],
    ]);
    expect(outcome).toBe('recovered');
    const isOn = (id: string) => valueIn(night.now, id, 'accountEnabled') === true;
    const off = [...night.fact('disabled'), ...night.fact('disabledThroughApp')];
    expect(forgotten(night, off, isOn)).toEqual([]);
    expect(off.filter(isOn).length).toBeGreaterThan(25);
  });

  it('switches the application off, and gives it nothing back', () => {
    const [rogue = ''] = night.fact('rogue');

    expect(valueIn(night.now, rogue, 'accountEnabled')).toBe(false);
  });

  it('takes its new rights and the wider consent away, or lists them for people', () => {
    const [rogue = ''] = night.fact('rogue');
    const [consent = ''] = night.fact('consentWidened');
    const isListed = (property: string) =>
      night.incident.residual.some(
        (one) => one.objectId === rogue && one.property?.startsWith(property) === true,
      );
    const rightsLeft = night.fact('rolesGranted').filter((id) => night.now.state(id) === 'live');
    const scopes = [night.before, night.now].map((view) => valueIn(view, consent, 'scope'));

    expect(rightsLeft.length === 0 || isListed('appRoleAssignments/')).toBe(true);
    expect(scopes[0] === scopes[1] || isListed('oauth2PermissionGrants/')).toBe(true);
  });

  it('lists its secret and the application of its own for people', () => {
    const [rogue = ''] = night.fact('rogue');
    const [created = ''] = night.fact('applicationCreated');

    expect(night.residualOf(rogue).join()).toContain('removePassword');
    expect(night.residualOf(created)).not.toEqual([]);
    expect(isTouched(night, created)).toBe(false);
  });

  it('leaves the secret that somebody else renewed', () => {
    for (const id of night.fact('secretOfOthers')) expect(isTouched(night, id)).toBe(false);
  });
});

/** The commander adds the person when the plan is there: from the desk, not from the alert. */
function namesThePersonToo(): NonNullable<Parameters<typeof rehearse>[0]['meanwhile']> {
  let named = false;
  return async ({ state, id, actors }, { call, tenant }) => {
    if (named || state !== 'awaitingApproval') return false;
    named = true;
    const userId = tenant.people.actor.id;
    if (actors.some((actor) => actor.id === userId)) return false;
    const body = { add: [{ userId }], note: 'put the secret on it' };
    const answer = await call('nameActors', { as: 'commander', id, body });
    if (answer.status !== 202) throw new Error(`answered ${JSON.stringify(answer)}`);
    return true;
  };
}
