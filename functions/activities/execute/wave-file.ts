import type { Json } from '../../../shared/domain/json.js';
import { readLines } from '../lines.js';
import type { ActivityServices } from '../services.js';

/** What became of one object of a wave. */
export interface WaveLine {
  readonly objectId: string;
  /**
   * `applied`: we wrote it. `present`: it already was as planned. `changedSince`: it was neither as
   * expected nor as planned, so it was left alone. `protected`: the policy protects it since the plan was
   * made. `leftOut`: not every person approved its line, or it cannot be carried out as it was approved. `failed`: the tenant refused a write. `unknown`:
   * a write was sent and nobody knows its outcome. `notReached`: something is left to write.
   */
  readonly result:
    | 'applied'
    | 'present'
    | 'changedSince'
    | 'protected'
    | 'leftOut'
    | 'failed'
    | 'unknown'
    | 'notReached';
  readonly detail: string | null;
  /** One of its properties changed since the preview and was left alone, whatever became of the others. */
  readonly drifted?: true;
  /** Values of the backup that the plan could not state, as the service told them before it wrote them. */
  readonly learned?: { readonly [property: string]: Json };
  /** Some of its writes were accepted, not all. */
  readonly partly?: true;
  /** Parts of it that nobody approved by their line; the object is then not verified as planned. */
  readonly leftOut?: readonly string[];
}

/** The document `waves`: where each wave's lines lie, in plan order. */
export interface WaveIndex {
  readonly waves: readonly {
    readonly planDigest: string;
    readonly wave: number;
    /** How often the wave had been begun when these results were stored. */
    readonly run?: number;
    readonly from: number;
    readonly to: number;
    readonly sha256: string;
    readonly applied: number;
    readonly skipped: number;
    readonly failed: number;
    readonly drifted: number;
    readonly endedAt: string;
    /** It belongs to an undo plan. */
    readonly undoes?: boolean;
  }[];
}

export async function readWaves(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
): Promise<WaveIndex> {
  const index = await services.store.readDocument(incidentId, 'waves');
  return (index as unknown as WaveIndex | null) ?? { waves: [] };
}

/** Results of the planned objects `from` to `to` of this plan, by object id. */
export async function readWaveLines(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  from: number,
  to: number,
): Promise<Map<string, WaveLine>> {
  const lines = new Map<string, WaveLine>();
  const { waves } = await readWaves(services, incidentId);
  for (const wave of waves) {
    if (wave.planDigest !== planDigest || wave.to <= from || wave.from >= to) continue;
    for (const line of await readLines<WaveLine>(services, incidentId, wave.sha256)) {
      lines.set(line.objectId, line);
    }
  }
  return lines;
}

export async function addWave(
  services: ActivityServices,
  incidentId: string,
  wave: WaveIndex['waves'][number],
): Promise<void> {
  await services.store.updateDocument<Json>(incidentId, 'waves', (value) => {
    const { waves } = (value as unknown as WaveIndex | null) ?? { waves: [] };
    const others = waves.filter(
      (known) => known.planDigest !== wave.planDigest || known.wave !== wave.wave,
    );
    return { waves: [...others, wave] };
  });
}
