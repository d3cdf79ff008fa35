/**
 * What any host of the app in test/hosts/app has to do, seen over HTTP: the embedded host in
 * `npm test`, any other with `npm run test:hosts -- --url URL --keys KEYS` (docs/hosts.md). Outcomes
 * are those recorded from a real host.
 */
import { until } from './child-host.js';
import { familyBehaviours } from './behaviours/families.js';
import { get, useHost } from './behaviours/host-under-test.js';
import { httpBehaviours } from './behaviours/http.js';
import { operationBehaviours } from './behaviours/operations.js';
import { orchestrationBehaviours } from './behaviours/orchestrations.js';
import { payloadBehaviours } from './behaviours/payloads.js';
import { queryBehaviours } from './behaviours/queries.js';
import { sdkClientBehaviours } from './behaviours/sdk-client.js';
import { waitingBehaviours } from './behaviours/waiting.js';

useHost();

orchestrationBehaviours();
waitingBehaviours();
familyBehaviours();
operationBehaviours();
queryBehaviours();
sdkClientBehaviours();
payloadBehaviours();
httpBehaviours();

describe('timer triggers', () => {
  it('run on their schedule', async () => {
    const ticks = await until(
      async () => {
        const seen = (await (await get('/v1/ticks')).json()) as unknown[];
        return seen.length >= 2 ? seen : undefined;
      },
      () => 'the timer function did not run twice',
    );

    expect(ticks[0]).toMatchObject({ isPastDue: false });
  });
});
