import type { Json } from '../../../shared/domain/json.js';
import {
  pointCheckOf,
  type PointCheckDocument,
} from '../../../shared/domain/native/point-check.js';
import type { ActivityServices } from '../services.js';

type Store = Pick<ActivityServices, 'store'>;

/** Where the check of an incident against its recovery point stands; nothing before a session was lent. */
export async function readPointCheck(
  { store }: Store,
  incidentId: string,
): Promise<PointCheckDocument> {
  return pointCheckOf(await store.readDocument<Json>(incidentId, 'point-check'));
}

/** What the service told of the recovery point of this time; undefined when it was not asked. */
export async function pointIndexFor(
  services: Store,
  incidentId: string,
  recoveryPointAt: string,
): Promise<string | undefined> {
  const { values } = await readPointCheck(services, incidentId);
  const isSame = values !== null && Date.parse(values.targetAt) === Date.parse(recoveryPointAt);
  return isSame ? values.index : undefined;
}

export async function keepPointCheck(
  { store }: Store,
  incidentId: string,
  change: (known: PointCheckDocument) => PointCheckDocument,
): Promise<void> {
  await store.updateDocument<Json>(
    incidentId,
    'point-check',
    (known) => change(pointCheckOf(known)) as unknown as Json,
  );
}
