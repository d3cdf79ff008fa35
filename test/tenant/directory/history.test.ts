import { Directory } from '../../../local/tenant/directory/directory.js';
import { hour, minute } from '../../../local/tenant/directory/instants.js';
import { text, type Initiator, type Properties } from '../../../local/tenant/directory/model.js';
import { pick, seeded } from '../../../local/tenant/directory/random.js';

const start = Date.UTC(2026, 10, 20, 20, 50);
const admin: Initiator = {
  kind: 'user',
  id: 'admin',
  userPrincipalName: 'admin@woodgrove.example',
  displayName: null,
  ipAddress: '',
};

function directory(speed = 1): Directory {
  const made = new Directory({ tenantId: 't', seed: 1, speed, start });
  for (const id of ['u1', 'u2', 'u3']) made.seed('user', id, user(id));
  made.seed('group', 'g', { displayName: 'G', groupTypes: [] });
  made.seedLink('g', 'members', 'u1');
  made.goLive();
  return made;
}

function user(id: string, extra: Properties = {}): Properties {
  return {
    displayName: id,
    userPrincipalName: `${id}@woodgrove.example`,
    accountEnabled: true,
    department: 'Sales',
    ...extra,
  };
}

describe('the past', () => {
  it('any earlier instant is the state before everything that came later', () => {
    const random = seeded('history');
    const tenant = directory();
    const remembered: { at: number; text: string }[] = [];
    const picture = (view = tenant.now): string =>
      JSON.stringify([
        ['u1', 'u2', 'u3'].map((id) => [view.state(id), view.get(id)?.properties]),
        view.links('g', 'members').sort(),
        ['u1', 'u2', 'u3'].map((id) => view.incoming(id, 'members')),
      ]);

    for (let step = 0; step < 200; step += 1) {
      const at = start + step * minute;
      remembered.push({ at: at - 1, text: picture() });
      const id = pick(random, ['u1', 'u2', 'u3']);
      const live = tenant.now.state(id) === 'live';
      const act = Math.floor(random() * 4);
      if (act === 0 && live) tenant.update(id, { department: `D${step}` }, admin, at);
      else if (act === 1 && live) tenant.setLink('members', 'g', id, random() < 0.5, admin, at);
      else if (act === 2 && live) tenant.softDelete(id, admin, at);
      else if (!live) tenant.restore(id, admin, at);
    }

    for (const { at, text } of remembered) expect(picture(tenant.asOf(at))).toBe(text);
  });

  it('a created object is not there before it was created', () => {
    const tenant = directory();

    tenant.create('user', 'new', user('new'), admin, start + minute);

    expect(tenant.asOf(start).get('new')).toBeUndefined();
    expect([...tenant.asOf(start).list('user')].map(({ id }) => id)).toEqual(['u1', 'u2', 'u3']);
    expect(tenant.now.get('new')?.properties['displayName']).toBe('new');
  });

  it('setting what is there already changes and tells nothing', () => {
    const tenant = directory();

    const changes = tenant.update('u1', { department: 'Sales' }, admin, start);

    expect(changes).toEqual([]);
    expect(tenant.trail.events).toEqual([]);
  });
});

describe('eventual consistency', () => {
  it('one replica knows a write at once, others later, all of them in the end', () => {
    const tenant = directory();
    tenant.update('u1', { accountEnabled: false }, admin, start);

    const seen = (at: number): unknown[] =>
      [0, 1, 2].map(
        (replica) => tenant.onReplica(replica, at).get('u1')?.properties['accountEnabled'],
      );

    expect(seen(start).filter((value) => value === false)).toHaveLength(1);
    expect(seen(start + hour)).toEqual([false, false, false]);
  });

  it('a replica never shows a later write without the earlier one of the same object', () => {
    const tenant = directory();
    for (let step = 1; step <= 50; step += 1) {
      tenant.update('u1', { department: `D${step}` }, admin, start + step * 200);
    }

    for (const replica of [0, 1, 2]) {
      let last = 0;
      for (let at = start; at < start + minute; at += 100) {
        const shown = tenant.onReplica(replica, at).get('u1')?.properties;
        const step = Number(text(shown ?? {}, 'department').replace(/\D/g, ''));
        expect(step).toBeGreaterThanOrEqual(last);
        last = step;
      }
      expect(last).toBe(50);
    }
  });

  it('the delay shrinks with the speed of the tenant', () => {
    const lag = (speed: number): number => {
      const tenant = directory(speed);
      tenant.update('u1', { accountEnabled: false }, admin, start);
      return Math.max(...(tenant.changesOf('u1')[0]?.seenAt ?? [])) - start;
    };

    expect(lag(100)).toBeCloseTo(lag(1) / 100, 2);
  });
});
