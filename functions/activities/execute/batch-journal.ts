import type { Write, WriteAnswer } from '../../../shared/ports/directory.js';
import { RewindError } from '../../../shared/errors.js';
import { putLines } from '../lines.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/**
 * Sends one batch with its intent in the record before it and its outcome after it, also when the
 * outcome is that nobody knows it (safety.md I6, I9). A batch refused as a whole answers for each of its
 * items; anything else that goes wrong is thrown on.
 */
export async function sendJournalled(
  services: ActivityServices,
  incidentId: string,
  batch: { readonly key: string; readonly number: number; readonly writes: readonly Write[] },
): Promise<readonly WriteAnswer[]> {
  const { key, number, writes } = batch;
  await entry('intent', 'execute.intent', `${writes.length} writes.`, writes);
  let given: readonly WriteAnswer[];
  try {
    given = await services.directory.writeBatch(writes);
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === null) {
      const why = error instanceof RewindError ? error.message : 'the call failed';
      await entry('outcome', 'execute.outcome.unknown', `outcome unknown: ${why}`);
      throw error;
    }
    given = writes.map(() => refused);
  }
  const accepted = given.filter((answer) => answer.ok).length;
  await entry('outcome', 'execute.outcome', `${accepted} of ${writes.length} accepted.`, given);
  return given;

  async function entry(
    when: 'intent' | 'outcome',
    kind: string,
    text: string,
    lines?: readonly unknown[],
  ): Promise<void> {
    const name = `${key}:${when}`;
    const artefact = lines && (await putLines(services, incidentId, name, lines));
    await services.store.append(incidentId, name, {
      at: isoNow(services),
      kind,
      by: product,
      summary: `Batch ${number}: ${text}`,
      ...(artefact && { artefact }),
    });
  }
}

function refusalOf(error: unknown): WriteAnswer | null {
  if (!(error instanceof RewindError) || error.code !== 'GRAPH_REJECTED') return null;
  return {
    ok: false,
    code: 'GRAPH_REJECTED',
    status: 0,
    message: error.message,
    requestId: null,
  };
}
