import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Api } from './api.js';
import { isObject, request } from './request.js';
import { CommandFailed } from './usage.js';

export interface Following {
  readonly api: Api;
  readonly incidentId: string;
  /** Called with every state that was read. */
  readonly seen: (incident: Incident) => void;
  /** Called now and then; throws when going on is pointless, e.g. because the playbook's run failed. */
  readonly check?: () => Promise<void>;
  /** When to stop looking; the end of the incident by default. */
  readonly ended?: (incident: Incident) => boolean;
  /** Gives up when nothing changes for so long. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
}

const isClosed = ({ state }: Incident): boolean => state === 'closed';

const pollMs = 250;
const checkEvery = 12;

/** Reads the incident until it has ended. Throws CommandFailed when it stalls. */
export async function follow(following: Following): Promise<Incident> {
  const { api, incidentId, seen, ended = isClosed, check, stallMs, signal } = following;
  let last = '';
  let changedAt = Date.now();
  for (let look = 1; ; look += 1) {
    signal.throwIfAborted();
    const incident = await api.incident(incidentId);
    seen(incident);
    if (ended(incident)) return incident;
    const { steps, waitingFor, undo, record } = incident;
    const now = JSON.stringify([steps, waitingFor, undo, record]);
    if (now !== last) [last, changedAt] = [now, Date.now()];
    else if (Date.now() - changedAt > stallMs) {
      const waits = incident.waitingFor?.question ?? incident.state;
      throw new CommandFailed(
        `nothing has changed for ${Math.round(stallMs / 1000)} s; the incident is at: ${waits}`,
      );
    }
    if (look % checkEvery === 0) await check?.();
    await sleep(pollMs);
  }
}

/** Throws CommandFailed when the incident's run ended in failure: it would stay open for ever. */
export function runCheck(appUrl: string, dataDir: string, incidentId: string): () => Promise<void> {
  return async () => {
    const keys: unknown = JSON.parse(await readFile(path.join(dataDir, 'keys.json'), 'utf8'));
    const code = isObject(keys) ? String(keys['system']) : '';
    const url = new URL(`/runtime/webhooks/durabletask/instances/${incidentId}`, appUrl);
    url.searchParams.set('code', code);
    const { body } = await request('GET', url);
    if (!isObject(body)) return;
    const { runtimeStatus, output } = body;
    if (runtimeStatus === 'Failed' || runtimeStatus === 'Terminated') {
      throw new CommandFailed(`the playbook's run ended as ${runtimeStatus}: ${String(output)}`);
    }
  };
}
