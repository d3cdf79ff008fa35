import { blockingPolicy } from '../../local/tenant/conditional-access/evaluation.js';
import { whoCanSignIn } from '../../shared/domain/plan/sign-in-model.js';
import { tenantRig } from './tenant-rig.js';

const nobody = 'a0000000-0000-4000-8000-00000000000a';

describe('what decides who can sign in', () => {
  it.each(['mixed', 'responders-locked-out', 'policy-tamper'])(
    'is read as the tenant has it, and nobody is judged against the tenant (%s)',
    async (scenario) => {
      const { directory, tenant } = tenantRig({ scenario });
      const people = Object.values(tenant.people);

      const { policies, ownAppId } = await directory.readConditionalAccess();
      const facts = await directory.readSignInFacts([...people.map(({ id }) => id), nobody]);
      const verdicts = whoCanSignIn({ policies, appIds: [ownAppId] }, facts);

      expect(policies.length).toBeGreaterThan(0);
      for (const [index, { id }] of people.entries()) {
        const isEnabled = tenant.directory.object(id).properties['accountEnabled'] === true;
        const wish = { userId: id, resourceAppId: ownAppId };
        const isOut = !isEnabled || blockingPolicy(tenant.directory.now, wish) !== undefined;
        expect([id, verdicts[index]?.can === 'cannot']).toEqual([id, isOut]);
      }
      expect(verdicts.at(-1)).toMatchObject({ can: 'cannot', why: 'is not in the directory' });
      const kept = verdicts.slice(0, -1).filter(({ can }) => can === 'cannot');
      expect(kept.length > 0).toBe(scenario === 'responders-locked-out');
    },
  );
});
