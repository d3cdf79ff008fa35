import { createGraphClient } from '../../shared/adapters/graph/client.js';
import { sendBatch } from '../../shared/adapters/graph/batch.js';
import { assertAllowed } from '../../shared/adapters/graph/guard.js';
import { answer, countingCredential, frozenClock, scripted } from './scripted.js';

const id = '11111111-2222-4333-8444-555555555555';
const member = '99999999-2222-4333-8444-555555555555';

const forbidden: [string, string][] = [
  ['DELETE', `/directory/deletedItems/${id}`],
  ['DELETE', `/directory/deletedItems/microsoft.graph.user/${id}`],
  ['DELETE', `/directory/deleteditems/${id}`],
  ['POST', `/directory/deletedItems/${id}/delete`],
  ['DELETE', `/groups/${id}/members/${member}`],
  ['DELETE', `/groups/${id}/members/${member}/%24ref`],
  ['DELETE', `/identity/conditionalAccess/deletedItems/policies/${id}`],
  ['DELETE', `/identity/conditionalAccess/deletedItems/namedLocations/${id}`],
  ['DELETE', `/policies/authenticationStrengthPolicies/${id}`],
  ['DELETE', `/users/${id}/appRoleAssignments`],
  ['DELETE', `/servicePrincipals/${id}/appRoleAssignedTo/x`],
  ['PATCH', '/policies/crossTenantAccessPolicy'],
  ['DELETE', `/users/${id}/manager/$ref`],
  ['DELETE', `/users/ada@contoso.com`],
  ['DELETE', `/users/${id}/../../directory/deletedItems/${id}`],
  ['DELETE', `/users/%2e%2e/directory/deletedItems/${id}`],
  ['DELETE', `//directory/deletedItems/${id}`],
  ['PUT', `/users/${id}`],
  ['POST', '/users'],
  ['POST', '/directory/recovery/snapshots'],
  ['PATCH', `/directory/deletedItems/${id}`],
  ['GET', '/me'],
];

describe('the allow-list of requests', () => {
  it.each(forbidden)('%s %s cannot be sent', async (method, path) => {
    const { fetch, seen } = scripted(answer(204));
    const client = createGraphClient({
      endpoint: 'https://graph.example',
      credential: countingCredential(),
      clock: frozenClock(),
      fetch,
    });

    expect(() => assertAllowed(method, path)).toThrow(/allow-list/);
    await expect(
      (async () => client.send({ method: method as 'GET', path, repeatable: false }))(),
    ).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
    await expect(
      (async () =>
        sendBatch(client, [{ method: method as 'GET', path }], { repeatable: false, now: 0 }))(),
    ).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
    expect(seen).toHaveLength(0);
  });

  it.each([
    ['PATCH', `/users/${id}`],
    ['DELETE', `/users/${id}`],
    ['DELETE', `/identity/conditionalAccess/policies/${id}`],
    ['POST', `/identity/conditionalAccess/deletedItems/policies/${id}/restore`],
    ['DELETE', `/users/${id}/appRoleAssignments/a-b_c`],
    ['POST', `/directory/deletedItems/${id}/restore`],
    ['DELETE', `/groups/${id}/members/${member}/$ref`],
    ['GET', `/directory/deletedItems/${id}`],
    ['GET', `/servicePrincipals(appId='${id}')`],
    ['GET', '/users/a_b.com%23EXT%23%40c.onmicrosoft.com'],
  ])('%s %s can', (method, path) => {
    expect(() => assertAllowed(method, path)).not.toThrow();
  });

  it('a next link that leads to another kind of resource is not followed', async () => {
    const next = 'https://graph.example/v1.0/me/messages?$skiptoken=1';
    const { fetch } = scripted(answer(200, { value: [], '@odata.nextLink': next }));
    const client = createGraphClient({
      endpoint: 'https://graph.example',
      credential: countingCredential(),
      clock: frozenClock(),
      fetch,
    });

    const reading = (async () => {
      for await (const page of client.pages({ path: '/users' })) expect(page).toEqual([]);
    })();

    await expect(reading).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
  });
});
