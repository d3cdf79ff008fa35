import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { Json } from '../../../shared/domain/json.js';
import { marksDocumentOf } from '../../../shared/domain/plan/undo-view.js';
import { readIncident } from '../case-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';

/** Holds by the product's own judgement (a failing canary): people look, then resume or cancel. */
export async function holdExecution(
  services: ActivityServices,
  { incidentId, key, why }: ActivityInput<'holdExecution'>,
): Promise<ActivityOutput<'holdExecution'>> {
  const at = isoNow(services);
  const incident = await readIncident(services, incidentId);
  await services.store.append(incidentId, `hold:${key}`, {
    at,
    kind: 'hold',
    by: product,
    summary: why,
  });
  await services.store.updateDocument<Json>(incidentId, marksDocumentOf(incident), (value) => {
    const marks = (value ?? { cancel: null, hold: null }) as { [name: string]: Json };
    return { ...marks, hold: { by: product, at, why } };
  });
  const told = await tellOnce(services, incidentId, `hold:${key}`, () =>
    services.notifier.urgent(incidentId, 'Execution is held', why),
  );
  return { told };
}
