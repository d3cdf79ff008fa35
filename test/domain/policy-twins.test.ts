import { objectTypeIn, withoutTwins } from '../../shared/domain/attribution/policy-twins.js';
import { attribute } from '../../shared/domain/attribution/attribution.js';
import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import { ACTOR, OTHER, context, currentUser, history, row } from './support/histories.js';

const told = (n: number, over: Partial<AuditEvent> = {}, by = ACTOR): AuditEvent => ({
  ...row(n, { by, changes: [['state', '"enabled"', '"disabled"']] }),
  operation: 'Update Conditional Access policy',
  objectType: 'conditionalAccessPolicy',
  ...over,
});
/** The same change as Core Directory tells it, in a form of its own. */
const again = (n: number, over: Partial<AuditEvent> = {}, by = ACTOR): AuditEvent => ({
  ...row(n, { by, changes: [['PolicyDetail', '["{}"]', '["{\\"State\\":\\"Disabled\\"}"]']] }),
  operation: 'Update policy',
  objectType: 'policy',
  ...over,
});

/** One request. */
const part = { correlationId: 'several' };

const planOf = (events: readonly AuditEvent[]) =>
  attribute(
    history(events, objectTypeIn(events)),
    currentUser({ objectType: 'conditionalAccessPolicy', properties: { state: 'disabled' } }),
    context(),
  );

describe('a change of a policy that two services tell', () => {
  it.each<[string, AuditEvent[]]>([
    ['before', [again(1), told(2)]],
    ['after', [told(1), again(2)]],
    [
      'in several rows',
      [told(1), again(2, { ...part, changes: [], kind: 'other' }), again(3, part)],
    ],
  ])('is one change, whether Core Directory tells it %s', (_when, events) => {
    expect(objectTypeIn(events)).toBe('conditionalAccessPolicy');
    expect(planOf(events)).toMatchObject({
      deltas: [{ property: 'state', class: 'actorOnly', action: 'update' }],
      residual: [],
    });
  });

  it('is told by the row that is nearest when no row has its correlation id', () => {
    const events = [told(1), told(2), again(3), again(4)];

    expect(withoutTwins(events)).toEqual(events.slice(0, 2));
    expect(withoutTwins([told(1), again(2), again(30)])).toMatchObject([{}, { at: again(30).at }]);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['failed', { succeeded: false }],
    ['is told by its own row', { correlationId: 'own' }],
  ])('that %s hides no other change that Core Directory tells alone', (_what, over) => {
    const own = again(3, { correlationId: 'own' });
    const alone = again(2);
    const events = [told(1, over), alone, ...(over.succeeded === false ? [] : [own])];

    expect(withoutTwins(events)).toEqual([events[0], alone]);
    expect(planOf(events).deltas).not.toContainEqual(expect.objectContaining({ action: 'update' }));
  });

  it('told twice in one request accounts for the rows of that request alone', () => {
    const one = { correlationId: 'one' };
    const alone = again(4, { correlationId: 'own' });
    const events = [told(1, one), told(2, one), again(3, one), alone];

    expect(withoutTwins(events)).toEqual([events[0], events[1], alone]);
  });

  it.each<[string, AuditEvent]>([
    ['by somebody else', again(2, {}, OTHER)],
    ['an hour later', again(3600)],
  ])('is not told by a row of Core Directory %s, which stays', (_why, other) => {
    const events = [told(1), other];

    expect(withoutTwins(events)).toEqual(events);
    expect(planOf(events).deltas).not.toContainEqual(expect.objectContaining({ action: 'update' }));
  });

  it('that Core Directory tells alone is about a policy, for a person to look at', () => {
    expect(objectTypeIn([again(1)])).toBe('policy');
    expect(withoutTwins([again(1)])).toHaveLength(1);
  });
});

it('what tells the same change of one request twice counts once', () => {
  const grant = (n: number, before: string | null, after: string, correlationId: string) =>
    row(n, {
      correlationId,
      objectType: 'servicePrincipal',
      changes: [['oauth2PermissionGrants/r/all', JSON.stringify(before), JSON.stringify(after)]],
    });
  const events = [
    grant(1, 'openid', 'openid Mail.Read', 'first'),
    grant(2, 'openid Mail.Read', 'openid Mail.Read Files.Read', 'second'),
    grant(3, 'openid Mail.Read', 'openid Mail.Read Files.Read', 'second'),
  ];
  const now = { 'oauth2PermissionGrants/r/all': 'openid Mail.Read Files.Read' };

  const { deltas } = attribute(
    history(events, 'servicePrincipal'),
    currentUser({ objectType: 'servicePrincipal', properties: now }),
    context(),
  );

  expect(deltas).toMatchObject([{ action: 'update', then: { known: true, value: 'openid' } }]);
});
