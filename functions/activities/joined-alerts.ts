import { withWarning } from '../../shared/domain/incident-changes.js';
import type { Incident, Window } from '../../shared/domain/incident.js';
import type { Json } from '../../shared/domain/json.js';
import type { Policy } from '../../shared/domain/policy.js';
import { isChange, rowKey } from './histories.js';
import type { PlanDocument } from './plan-file.js';
import { readScopeRows } from './scope-file.js';
import { isoNow, product, type ActivityServices } from './services.js';

/** The document `joined`: since when a wider window is looked at beside a plan that stands. */
interface Looked {
  readonly planDigest: string;
  readonly since: string;
  /** Rows that belong to it have had their time to arrive. */
  readonly final: boolean;
}

/**
 * Whether an alert that joined since the plan was made adds writes of the actor (contract section 5). If
 * it does not, the plan stands, the wider window is noted with a warning, and it is looked at again until
 * late rows have had the settle time.
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
  if (!isWider && (looked === null || looked.final)) return false;

  const now = services.clock.now();
  if (await hasNewRows(services, incident, plan, policy)) return true;
  const since = isWider || looked === null ? isoNow(services) : looked.since;
  const final = now >= Date.parse(since) + policy.scope.settleMinutes * 60_000;
  const next: Looked = { planDigest: plan.digest, since, final };
  await services.store.updateDocument<Json>(id, 'joined', () => next as unknown as Json);
  if (isWider) await letStand(services, id, plan, window);
  return false;
}

async function hasNewRows(
  services: ActivityServices,
  { id, actors, window }: Incident,
  plan: PlanDocument,
  policy: Policy,
): Promise<boolean> {
  const known = await readScopeRows(services, id, plan.body.scopeDigest);
  if (known === null) return true;
  const wide = {
    from: new Date(Date.parse(window.from) - policy.scope.lookbackMinutes * 60_000).toISOString(),
    to: isoNow(services),
  };
  for await (const event of services.auditLog.readWrites(actors, wide)) {
    if (isChange(event) && !known.has(rowKey(event))) return true;
  }
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
