import { userNow } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

interface PlanPage {
  readonly digest: string;
  readonly items: readonly { readonly objectId: string }[];
  readonly body: { readonly exclusions: readonly string[] };
}

describe('a responder leaves an object out of a plan that awaits its second approval', () => {
  let world: World;
  let id: string;

  const planOf = async () =>
    (await world.api(`/incidents/${id}/plan`, { as: 'reader' })).body as PlanPage;

  beforeAll(async () => {
    world = await startWorld({ scenario: 'bulk-disable', users: 30 });
    id = await world.alert();
    await world.until(id, 'the plan waits for approval', (i) => i.state === 'awaitingApproval');
  }, 120_000);
  afterAll(() => world.stop());

  it('the next version has another digest, needs both words again, and spares the object', async () => {
    const first = await planOf();
    const spared = first.items[0]?.objectId ?? '';
    await world.decide('operator', id);

    const revised = await world.api(`/incidents/${id}/revisions`, {
      as: 'responder',
      body: { basedOn: first.digest, exclude: [spared], note: 'she left last week' },
    });
    const late = await world.api(`/incidents/${id}/decisions`, {
      as: 'approver',
      body: { decision: 'approve', planDigest: first.digest },
    });
    const open = await world.until(
      id,
      'the second version waits for approval',
      (i) => i.state === 'awaitingApproval' && i.plan?.version === 2,
    );
    const second = await planOf();
    await world.decide('operator', id);
    await world.decide('approver', id);
    const closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed');

    expect(revised).toMatchObject({ status: 202 });
    expect(late).toMatchObject({ status: 409, body: { code: 'PLAN_SUPERSEDED' } });
    expect(open.plan).toMatchObject({ objects: 29 });
    expect(open.approvals.given).toEqual([]);
    expect(second.digest).not.toBe(first.digest);
    expect(second.body.exclusions).toEqual([spared]);
    expect(closed).toMatchObject({ outcome: 'recovered', execution: { applied: 29 } });
    expect((await userNow(world, spared)).properties['accountEnabled']).toBe(false);
  }, 120_000);
});
