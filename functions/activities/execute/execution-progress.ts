import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import type { ExecutionView } from '../../../shared/domain/incident/incident.js';
import { isUndoPlan, planViewOf, withUndo } from '../../../shared/domain/plan/undo-view.js';
import { readIncident } from '../case-file.js';
import { putLines } from '../lines.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { addWave, readWaves, type WaveLine } from './wave-file.js';

const wavesShown = 20;

export interface WaveCounts {
  readonly applied: number;
  readonly skipped: number;
  readonly failed: number;
  readonly drifted: number;
}

/** Stores what became of each object of a wave, and shows the totals in the incident. */
export async function recordWave(
  services: ActivityServices,
  { incidentId, planDigest, wave, from, to }: ActivityInput<'executeRecovery'>,
  done: {
    readonly run: number;
    readonly lines: readonly WaveLine[];
    readonly planned: number;
    /** Another run follows unless it is settled; until then an unknown outcome is no failure. */
    readonly settled: boolean;
  },
): Promise<void> {
  const { run, lines, planned, settled } = done;
  const artefact = await putLines(services, incidentId, `wave-${wave}`, lines);
  const counts = countLines(lines, settled);
  const endedAt = isoNow(services);
  const isUndo = isUndoPlan(await readIncident(services, incidentId), planDigest);
  await addWave(services, incidentId, {
    planDigest,
    wave,
    run,
    from,
    to,
    sha256: artefact.sha256,
    ...counts,
    endedAt,
    ...(isUndo && { undoes: true }),
  });
  await services.store.append(incidentId, `wave:${planDigest}:${wave}:${artefact.sha256}`, {
    at: endedAt,
    kind: 'execute.wave.result',
    by: product,
    summary: `Wave ${wave}: ${summaryOf(counts, lines)}`,
    artefact,
  });
  await showProgress(services, incidentId, planDigest, planned);
}

/** Numbers that are zero most of the time are named only when they are not. */
function summaryOf({ applied, skipped, failed }: WaveCounts, lines: readonly WaveLine[]): string {
  const rare: [number, string][] = [
    [lines.filter(({ partly }) => partly).length, 'written in part'],
    [
      lines.filter(({ result }) => result === 'leftOut').length,
      'left out: not approved, or not to be carried out as approved',
    ],
    [lines.filter(({ result }) => result === 'unknown').length, 'with unknown outcome'],
    [lines.filter(({ result }) => result === 'notReached').length, 'not reached'],
  ];
  const named = rare.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
  return `${applied} applied, ${skipped} skipped, ${failed} failed${named.join('')}.`;
}

/** Totals over all waves of one plan so far, one of them left out if wanted. */
export async function waveTotals(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  except?: number,
): Promise<WaveCounts> {
  const { waves } = await readWaves(services, incidentId);
  return sumOf(waves.filter((known) => known.planDigest === planDigest && known.wave !== except));
}

async function showProgress(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  planned: number,
): Promise<void> {
  const { waves } = await readWaves(services, incidentId);
  await services.store.updateIncident(incidentId, (incident) => {
    const undoes = isUndoPlan(incident, planDigest);
    const ofThisKind = waves.filter((wave) => (wave.undoes === true) === undoes);
    const execution: ExecutionView = {
      executor: planViewOf(incident, planDigest)?.executor ?? 'surgical',
      waves: ofThisKind.slice(-wavesShown).map((wave) => ({
        number: wave.wave,
        objects: wave.to - wave.from,
        applied: wave.applied,
        skipped: wave.skipped,
        failed: wave.failed,
        endedAt: wave.endedAt,
      })),
      ...written(sumOf(ofThisKind)),
    };
    if (undoes) return withUndo(incident, { execution });
    const own = sumOf(waves.filter((wave) => wave.planDigest === planDigest));
    const done = own.applied + own.skipped + own.failed;
    return {
      ...incident,
      execution,
      steps: incident.steps.map((step) =>
        step.name === 'execute'
          ? { ...step, progress: { ...step.progress, done, total: planned } }
          : step,
      ),
    };
  });
}

const written = ({ applied, skipped, failed }: WaveCounts) => ({ applied, skipped, failed });

const sumOf = (waves: readonly WaveCounts[]): WaveCounts =>
  waves.reduce(
    (sum, wave) => ({
      applied: sum.applied + wave.applied,
      skipped: sum.skipped + wave.skipped,
      failed: sum.failed + wave.failed,
      drifted: sum.drifted + wave.drifted,
    }),
    { applied: 0, skipped: 0, failed: 0, drifted: 0 },
  );

function countLines(lines: readonly WaveLine[], settled: boolean): WaveCounts {
  const count = (...results: WaveLine['result'][]) =>
    lines.filter((line) => results.includes(line.result)).length;
  return {
    applied: count('applied'),
    skipped: count('present', 'changedSince', 'protected', 'leftOut'),
    failed: settled ? count('failed', 'unknown') : count('failed'),
    drifted: lines.filter(({ drifted }) => drifted).length,
  };
}
