import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parsePolicy } from '../contracts/policy.js';
import { digestOf } from '../digest.js';
import { RewindError } from '../errors.js';
import type { Clock } from '../ports/clock.js';
import type { PolicyInForce, PolicySource } from '../ports/policies.js';

const lookAgainAfterMs = 60_000;

/**
 * The policy in a file (`POLICY=PATH`). The first look must succeed: VALIDATION_FAILED with one issue
 * per bad field otherwise. Later, a file that cannot be read or does not parse leaves the last good
 * policy in force and says so in `warning` (contract section 4). Blob addresses are refused: reading
 * them comes with the Azure deployment.
 */
export function createPolicyFile(setting: string, clock: Pick<Clock, 'now'>): PolicySource {
  if (/^(blob:)?https?:\/\//i.test(setting)) {
    throw new RewindError(
      'VALIDATION_FAILED',
      'POLICY names a blob address, which this build cannot read yet; use the path of a file.',
    );
  }
  const file = path.resolve(setting.replace(/^file:/, ''));
  let inForce: PolicyInForce | null = null;
  let lookedAt = -Infinity;
  let looking: Promise<PolicyInForce> | null = null;

  async function look(): Promise<PolicyInForce> {
    const began = clock.now();
    const reading = await readPolicy(file);
    if (reading.ok) {
      inForce = { policy: reading.policy, digest: digestOf(reading.policy), warning: null };
    } else if (inForce === null) {
      throw new RewindError('VALIDATION_FAILED', `POLICY cannot be used: ${inWords(reading)}`, {
        issues: reading.problems.map((problem) => ({ ...problem, code: 'POLICY_FIELD' })),
      });
    } else {
      const warning = `The policy file cannot be used (${inWords(reading)}); the last good policy stays in force.`;
      inForce = { ...inForce, warning };
    }
    lookedAt = began;
    return inForce;
  }

  return {
    async current({ fresh = false } = {}) {
      if (!fresh && inForce !== null && clock.now() - lookedAt < lookAgainAfterMs) return inForce;
      // A look that is under way began before a fresh caller asked, so that caller looks again.
      if (fresh) await looking?.catch(() => undefined);
      looking ??= look().finally(() => {
        looking = null;
      });
      return looking;
    },
  };
}

type Reading = ReturnType<typeof parsePolicy>;
type Unusable = Extract<Reading, { ok: false }>;

async function readPolicy(file: string): Promise<Reading> {
  try {
    return parsePolicy(await readFile(file, 'utf8'));
  } catch {
    return { ok: false, problems: [{ path: '', message: 'the file cannot be read' }] };
  }
}

const inWords = ({ problems }: Unusable): string =>
  problems
    .slice(0, 5)
    .map(({ path: field, message }) => (field === '' ? message : `${field} ${message}`))
    .join('; ');
