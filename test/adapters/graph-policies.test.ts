import { sameGraphValue } from '../../shared/domain/attribution/graph-values.js';
import type { ObjectType } from '../../shared/domain/attribution/audit.js';
import { documentPatch } from '../../shared/domain/plan/document-patch.js';
import type { Json } from '../../shared/domain/json.js';
import type { Write, WriteAnswer } from '../../shared/ports/directory.js';
import { tenantRig, type TenantRig } from './tenant-rig.js';

const missing = '00000000-1111-4222-8333-444444444444';

const first = (rig: TenantRig, type: 'conditionalAccessPolicy' | 'namedLocation', kind = '') => {
  const found = [...rig.tenant.directory.now.list(type)].find(({ properties }) =>
    JSON.stringify(properties).includes(kind),
  );
  if (found === undefined) throw new Error(`the tenant has no ${type} with ${kind}`);
  return found;
};
const truth = (rig: TenantRig, id: string) => rig.tenant.directory.object(id).properties;

async function read(rig: TenantRig, type: ObjectType, id: string, ...properties: string[]) {
  const [object] = await rig.directory.readObjects(type, [id], properties, []);
  if (object === undefined) throw new Error('no answer');
  return object;
}

/** Sends as the wave does: what is throttled goes again after a while, one write at a time. */
async function send(rig: TenantRig, write: Write): Promise<WriteAnswer> {
  for (let tries = 0; ; tries += 1) {
    const [answer] = await rig.directory.writeBatch([write]);
    if (answer === undefined) throw new Error('no answer');
    if (answer.ok || answer.code !== 'THROTTLED') return answer;
    if (tries === 5) throw new Error('throttled for ever');
    await rig.clock.sleep(Math.max(1000, answer.retryAfterMs));
  }
}

const write = (
  rig: TenantRig,
  objectType: ObjectType,
  objectId: string,
  properties: object,
  variant?: string,
) =>
  send(rig, {
    ...(variant !== undefined && { variant }),
    ...{ kind: 'update', objectId, objectType },
    properties: properties as Record<string, Json>,
  });

describe('a Conditional Access policy', () => {
  it('is put back property by property, without what was added to it', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const { id, properties } = first(rig, 'conditionalAccessPolicy', '"mfa"');
    const before = structuredClone(properties['conditions']) as Json;
    const bad = {
      ...(before as object),
      platforms: { includePlatforms: ['android'], excludePlatforms: [] },
    };
    await write(rig, 'conditionalAccessPolicy', id, { conditions: bad, state: 'disabled' });
    await rig.clock.sleep(120_000);
    const now = await read(rig, 'conditionalAccessPolicy', id, 'conditions', 'state');
    expect(now).toMatchObject({ presence: 'present', properties: { state: 'disabled' } });

    const patch = documentPatch(before, now.properties['conditions'] ?? null);
    const answer = await write(rig, 'conditionalAccessPolicy', id, { conditions: patch });

    expect(answer).toMatchObject({ ok: true, changed: true });
    expect(truth(rig, id)).toMatchObject({ conditions: before, state: 'disabled' });
  });

  it('that asks for a strength is compared by its id and written with nothing else of it', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const { id } = first(rig, 'conditionalAccessPolicy', '"mfa"');
    const asks = (strength: string) => ({
      operator: 'OR',
      builtInControls: [],
      authenticationStrength: { id: `00000000-0000-0000-0000-00000000000${strength}` },
    });
    await write(rig, 'conditionalAccessPolicy', id, { grantControls: asks('2') });
    await rig.clock.sleep(120_000);
    const now = await read(rig, 'conditionalAccessPolicy', id, 'grantControls');
    const shown = now.properties['grantControls'] as { readonly authenticationStrength?: object };
    expect(shown.authenticationStrength).toMatchObject({ policyType: 'builtIn' });
    expect(sameGraphValue('document', shown as Json, asks('2'))).toBe(true);
    expect(sameGraphValue('document', shown as Json, asks('4'))).toBe(false);

    const wholeObject = { ...shown, authenticationStrength: { ...shown.authenticationStrength } };
    const refused = await write(rig, 'conditionalAccessPolicy', id, { grantControls: wholeObject });
    expect(refused).toMatchObject({ ok: false, status: 400 });

    const back = documentPatch(asks('4'), shown as Json);
    expect(await write(rig, 'conditionalAccessPolicy', id, { grantControls: back })).toMatchObject({
      ok: true,
    });
    expect(truth(rig, id)['grantControls']).toMatchObject(asks('4'));
  });

  it('goes to its own recycle bin and comes back from there, and nothing is ever lost', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const objectType = 'conditionalAccessPolicy';
    const { id: objectId } = first(rig, objectType);

    const deleted = await send(rig, { kind: 'softDelete', objectId, objectType });
    await rig.clock.sleep(120_000);
    const inBin = await read(rig, objectType, objectId, 'state');
    const again = await send(rig, { kind: 'softDelete', objectId, objectType });
    const restored = await send(rig, { kind: 'restore', objectId, objectType });
    const twice = await send(rig, { kind: 'restore', objectId, objectType });

    expect(deleted).toMatchObject({ ok: true, changed: true });
    expect(inBin.presence).toBe('softDeleted');
    expect(inBin.daysLeft).toBeGreaterThanOrEqual(29);
    expect(again).toMatchObject({ ok: true, changed: false });
    expect(restored).toMatchObject({ ok: true, changed: true });
    expect(twice).toMatchObject({ ok: true, changed: false });
    expect(rig.tenant.journal.alarms()).toEqual([]);
  });

  it('that nobody knows is absent only after a second look', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });

    expect(await read(rig, 'conditionalAccessPolicy', missing)).toMatchObject({
      presence: 'absent',
    });
    expect(rig.clock.slept).toContain(2000);
  });
});

describe('a named location', () => {
  it('is written with the type that Graph wants to be told', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const { id, properties } = first(rig, 'namedLocation', 'ipRanges');
    const isTrusted = properties['isTrusted'] !== true;
    const { variant = '' } = await read(rig, 'namedLocation', id, 'isTrusted');

    const answer = await write(rig, 'namedLocation', id, { isTrusted }, variant);

    expect(answer).toMatchObject({ ok: true });
    expect(truth(rig, id)).toMatchObject({ isTrusted, ipRanges: properties['ipRanges'] });
  });
});

describe('policies of the whole tenant', () => {
  it('are read and written whatever id the audit trail gives them', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });

    const guests = await write(rig, 'authorizationPolicy', missing, {
      allowInvitesFrom: 'everyone',
    });
    await rig.clock.sleep(120_000);
    const authorization = await read(rig, 'authorizationPolicy', missing, 'allowInvitesFrom');

    expect(guests).toMatchObject({ ok: true });
    expect(authorization).toMatchObject({
      presence: 'present',
      properties: { allowInvitesFrom: 'everyone' },
    });
  });

  it('let one authentication method be put back and the others alone', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const property = 'authenticationMethodConfigurations/Sms';
    const type = 'authenticationMethodPolicy';
    const before = (await read(rig, type, missing, property)).properties[property] as {
      readonly state: string;
    };
    const state = before.state === 'enabled' ? 'disabled' : 'enabled';

    const answer = await write(rig, type, missing, { [property]: { ...before, state } });
    await rig.clock.sleep(120_000);

    expect(answer).toMatchObject({ ok: true });
    expect((await read(rig, type, missing, property)).properties[property]).toMatchObject({
      state,
    });
  });

  it('are never deleted or restored', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });

    const answers = await rig.directory.writeBatch([
      { kind: 'softDelete', objectId: missing, objectType: 'authorizationPolicy' },
      { kind: 'restore', objectId: missing, objectType: 'organization' },
    ]);

    for (const answer of answers) expect(answer).toMatchObject({ ok: false, status: 0 });
    expect(rig.requests()).toEqual([]);
  });
});
