import { withWarning } from '../../../shared/domain/incident/incident-changes.js';
import type { Incident, Window } from '../../../shared/domain/incident/incident.js';
import type { Json } from '../../../shared/domain/json.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { unknownRows } from './unknown-rows.js';
import type { PlanDocument } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/** The document `joined`: since when the trail is looked at again beside a plan that stands. */
interface Looked {
  readonly planDigest: string;
  readonly since: string;
  /** Rows that belong to it have had their time to arrive. */
  readonly final: boolean;
}

/**
 * Whether writes of the actor have become known since the plan was made: through an alert that joined
 * (contract section 5), or because their rows came late. If none has, the plan stands, a wider window is
 * noted with a warning, and the trail is looked at again until late rows have had the settle time.
 */
export async function addsWrites(
  services: ActivityServices,
  incident: Incident,
  plan: PlanDocument,
  policy: Policy,
): Promise<boolean> {
  const { id, window } = incident;
  const { windowFrom, windowTo } = plan.basis;
  const isWider = window.from !== windowFrom || window.to !== windowTo;
  const looked = await readLooked(services, id, plan.digest);
  if (!isWider && looked?.final === true) return false;

  const now = services.clock.now();
  for await (const _late of unknownRows(services, incident, plan.body.scopeDigest, policy))
    return true;
  const since = isWider || looked === null ? isoNow(services) : looked.since;
  const final = now >= Date.parse(since) + policy.scope.settleMinutes * 60_000;
  const next: Looked = { planDigest: plan.digest, since, final };
  await services.store.updateDocument<Json>(id, 'joined', () => next as unknown as Json);
  if (isWider) await letStand(services, id, plan, window);
  return false;
}

/** From here on the plan's ground is the wider window, so the doors take decisions on it again. */
async function letStand(
  services: ActivityServices,
  incidentId: string,
  { digest, body }: PlanDocument,
  window: Window,
): Promise<void> {
  const warning =
    `A joined alert widened the window to ${window.from} - ${window.to}. ` +
    `It adds no write of the actor; plan version ${body.version} stands.`;
  for (const name of ['plan', `plan-${body.version}`]) {
    await services.store.updateDocument<Json>(incidentId, name, (value) => {
      const stored = value as unknown as PlanDocument | null;
      if (stored?.digest !== digest) return value;
      const basis = { ...stored.basis, windowFrom: window.from, windowTo: window.to };
      return { ...stored, basis } as unknown as Json;
    });
  }
  await services.store.updateIncident(incidentId, (open) => withWarning(open, warning));
  await services.store.append(incidentId, `joined:stands:${digest}:${window.from}:${window.to}`, {
    at: isoNow(services),
    kind: 'plan.stands',
    by: product,
    summary: warning,
  });
}

async function readLooked(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
): Promise<Looked | null> {
  const looked = (await services.store.readDocument<Json>(
    incidentId,
    'joined',
  )) as unknown as Looked | null;
  return looked?.planDigest === planDigest ? looked : null;
}
