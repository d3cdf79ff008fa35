import { sha256 } from '../../shared/digest.js';
import type { Person } from '../../shared/domain/identities.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import { openOrJoin, type Opened } from './open-incident.js';

/**
 * `openOrJoin` for one process, where deliveries that say the same at the same time share one opening: in
 * a storm the repetitions wait for the first instead of taking its processor, and are deduplicated by its
 * answer. When it fails they fail with it, and their senders repeat. Nothing is remembered afterwards.
 */
export function createSharedOpening(): typeof openOrJoin {
  const open = new Map<string, Promise<Opened>>();

  return async (services, context, intake, by) => {
    const said = whatIsSaid(intake, by);
    const begun = open.get(said);
    if (begun !== undefined) {
      const { incidentId } = await begun;
      return { incidentId, deduplicated: true };
    }
    const opening = openOrJoin(services, context, intake, by).finally(() => open.delete(said));
    open.set(said, opening);
    return opening;
  };
}

/** A guessed window ends when the delivery came, so it says nothing. */
function whatIsSaid(intake: Intake, by: Person): string {
  const { window, ...rest } = intake;
  return sha256(JSON.stringify([by.id, rest, intake.windowGuessed ? null : window]));
}
