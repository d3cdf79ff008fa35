import type { Json } from '../../shared/domain/json.js';
import type { ActivityServices } from './services.js';

/**
 * Tells people something once per key, however often an activity is run again. What no channel took is
 * told again by the next run. Answers whether a channel ever took it.
 */
export async function tellOnce(
  services: ActivityServices,
  incidentId: string,
  key: string,
  tell: () => Promise<boolean>,
): Promise<boolean> {
  const told = await services.store.readDocument<Json>(incidentId, 'told');
  if (told !== null && Object.hasOwn(told as object, key)) return true;
  const took = await tell();
  if (took) {
    await services.store.updateDocument<Json>(incidentId, 'told', (value) => ({
      ...(value as { readonly [key: string]: Json } | null),
      [key]: true,
    }));
  }
  return took;
}
