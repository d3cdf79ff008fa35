import { isTouched, rehearse, type Rehearsal } from './rehearsal.js';

describe('mass-delete: users, groups and an application are deleted, three users for good', () => {
  let night: Rehearsal;
  beforeAll(async () => {
    night = await rehearse({ scenario: 'mass-delete', users: 24 });
  }, 60_000);

  it('ends recovered, every planned object read back as planned', () => {
    const { outcome, plan, verification, execution } = night.incident;

    expect(outcome).toBe('recovered');
    expect(execution?.failed).toBe(0);
    expect(verification?.verified).toBe(plan?.objects);
  });

  it.each(['softDeleted', 'groupsDeleted', 'applicationDeleted', 'servicePrincipalDeleted'])(
    'takes %s out of the recycle bin',
    (name) => {
      for (const id of night.fact(name)) expect([id, night.now.state(id)]).toEqual([id, 'live']);
    },
  );

  it('the groups have the members they had', () => {
    for (const group of night.fact('groupsDeleted')) {
      expect(night.now.links(group, 'members').sort()).toEqual(
        night.before.links(group, 'members').sort(),
      );
    }
  });

  it('lists the three that are gone, and never hides them', () => {
    const lost = night.incident.residual.filter(({ kind }) => kind === 'lost');

    expect(lost.map(({ objectId }) => objectId).sort()).toEqual(
      [...night.fact('hardDeleted')].sort(),
    );
  });

  it('hands over whose name or address belongs to somebody else now, who is left alone', () => {
    for (const id of [...night.fact('upnTaken'), ...night.fact('proxyTaken')]) {
      expect(night.now.state(id)).toBe('deleted');
      expect(night.residualOf(id).join()).toContain(`deletedItems/${id}/restore`);
    }
    for (const id of [...night.fact('hiredAgain'), ...night.fact('addressHolder')]) {
      expect(isTouched(night, id)).toBe(false);
    }
  });

  it('touches nobody whom others deleted or gave back', () => {
    for (const id of [...night.fact('leavers'), ...night.fact('restoredAlready')]) {
      expect(isTouched(night, id)).toBe(false);
    }
    expect(night.deployment.tenant.journal.alarms()).toEqual([]);
  });
});
