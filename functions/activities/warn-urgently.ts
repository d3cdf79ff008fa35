import { withWarning } from '../../shared/domain/incident/incident-changes.js';
import { isoNow, product, type ActivityServices } from './services.js';
import { tellOnce } from './tell-once.js';

/**
 * Something that people must know now: a warning of the incident, the second channel once per key, and an
 * entry of the record that says whether any channel took it (`kind.told` or `kind.untold`).
 */
export async function warnUrgently(
  services: ActivityServices,
  incidentId: string,
  warning: {
    readonly key: string;
    readonly kind: { readonly told: string; readonly untold: string };
    readonly title: string;
    readonly text: string;
  },
): Promise<void> {
  const { key, kind, title, text } = warning;
  await services.store.updateIncident(incidentId, (open) => withWarning(open, text));
  const told = await tellOnce(services, incidentId, key, () =>
    services.notifier.urgent(incidentId, title, text),
  );
  await services.store.append(incidentId, told ? key : `${key}:untold`, {
    at: isoNow(services),
    kind: told ? kind.told : kind.untold,
    by: product,
    summary: text,
  });
}
