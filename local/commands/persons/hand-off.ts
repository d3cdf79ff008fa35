import { isObject } from '../request.js';
import type { PortalJob } from '../control.js';
import type { Crew, Deed, Duty } from './deed.js';

/** A request of a hand-off task, as its text gives it to a person. */
const request =
  /Invoke-MgGraphRequest -Method POST -Uri '[^']*\/snapshots\/(?<snapshot>[^/']+)\/(?<jobs>recoveryPreviewJobs|recoveryJobs)'[^'`]*'application\/json' -Body '(?<body>[^']*)'/g;

/**
 * The operator carries out what the incident hands over to a person: first the preview, then the recovery,
 * exactly as the task says. A job that the service refuses because another runs is asked for again.
 */
export function carryingOut(crew: Crew): Duty {
  return ({ state, tasks }) =>
    state === 'executing'
      ? tasks.flatMap(({ id, command }) => jobsOf(command ?? '').map((job) => deed(crew, id, job)))
      : [];
}

/** What the text asks a person to start, in its order; nothing for tasks of another kind. */
export function jobsOf(text: string): PortalJob[] {
  return [...text.matchAll(request)].map(({ groups = {} }) => {
    const { snapshot = '', jobs = '', body = '' } = groups;
    const parsed: unknown = JSON.parse(body);
    return {
      person: 'operator',
      kind: jobs === 'recoveryJobs' ? 'recovery' : 'preview',
      snapshotId: decodeURIComponent(snapshot),
      filteringCriteria: isObject(parsed) ? parsed['filteringCriteria'] : null,
    };
  });
}

function deed({ control, say }: Crew, taskId: string, job: PortalJob): Deed {
  return {
    key: `handOff|${taskId}|${job.kind}`,
    does: async () => {
      const started = await control.startJob(job);
      if (started === 'busy') return 'again';
      say(`  The operator started the ${job.kind} of the hand-off in the portal: ${started}.`);
      return 'done';
    },
  };
}
