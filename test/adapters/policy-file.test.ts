import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createPolicyFile } from '../../shared/adapters/policy-file.js';
import { digestOf } from '../../shared/digest.js';
import { temporaryFolder } from './evidence-samples.js';

function policyText(threshold: number): string {
  const person = (digit: string) => ({
    objectId: `${digit.repeat(8)}-1111-1111-1111-111111111111`,
    name: digit,
  });
  return JSON.stringify({
    people: { operators: [person('1')], approvers: [person('2')] },
    approvals: { secondApproverAbove: threshold },
  });
}

async function policyFile(text: string) {
  const file = path.join(await temporaryFolder(), 'policy.json');
  await writeFile(file, text);
  let now = 0;
  const source = createPolicyFile(file, { now: () => now });
  return { file, source, pass: (ms: number) => (now += ms) };
}

describe('the policy file', () => {
  it('is looked at again after a minute, at once when asked fresh', async () => {
    const { file, source, pass } = await policyFile(policyText(25));
    expect((await source.current()).policy.approvals.secondApproverAbove).toBe(25);

    await writeFile(file, policyText(10));
    pass(59_000);
    expect((await source.current()).policy.approvals.secondApproverAbove).toBe(25);
    expect((await source.current({ fresh: true })).policy.approvals.secondApproverAbove).toBe(10);

    await writeFile(file, policyText(5));
    pass(60_000);
    expect((await source.current()).policy.approvals.secondApproverAbove).toBe(5);
  });

  it('carries the digest of the policy with its defaults filled in', async () => {
    const { source } = await policyFile(policyText(25));

    const { policy, digest } = await source.current();

    expect(digest).toBe(digestOf(policy));
  });

  it.each([
    ['is no longer JSON', async (file: string) => writeFile(file, '{')],
    ['has a misspelt field', async (file: string) => writeFile(file, '{"peeple":{}}')],
    ['is gone', async (file: string) => rm(file)],
  ])('a policy that %s leaves the last good one in force with a warning', async (_what, spoil) => {
    const { file, source } = await policyFile(policyText(25));
    const before = await source.current();

    await spoil(file);
    const spoilt = await source.current({ fresh: true });
    await writeFile(file, policyText(7));
    const repaired = await source.current({ fresh: true });

    expect(spoilt).toEqual({ ...before, warning: expect.stringContaining('last good policy') });
    expect(repaired.warning).toBeNull();
    expect(repaired.policy.approvals.secondApproverAbove).toBe(7);
  });

  it('a policy that is bad from the start stops the start and names the field', async () => {
    const { source } = await policyFile('{"people":{"operators":[],"approvers":[]}}');

    await expect(source.current()).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining('people.operators'),
    });
  });

  it('a blob address is refused in plain words', () => {
    expect(() => createPolicyFile('blob:https://a.blob.core.windows.net/c/p.json', Date)).toThrow(
      /blob address/,
    );
  });
});
