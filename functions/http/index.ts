import type { HttpMethod } from '@azure/functions';
import { nameActors } from './actors.js';
import { alertKey } from './alert-key.js';
import { alertsSentinel } from './alerts-sentinel.js';
import { answering, type Handler } from './answer.js';
import { decidePage } from './decide-page.js';
import { decideOverHttp } from './decisions.js';
import type { Door } from './door.js';
import { getHealth, getReadiness } from './health.js';
import { getIncident, getRecord, listIncidents } from './incidents.js';
import { cancelIncident, holdIncident, resumeIncident } from './marks.js';
import { addNote } from './notes.js';
import { openApiDoor } from './openapi.js';
import { lendSession } from './operator-session.js';
import { getPlan } from './plan.js';
import { createRateLimit } from './rate-limit.js';
import { releaseActor } from './release.js';
import { getReport } from './report.js';
import { revisePlan } from './revisions.js';
import type { DoorServices } from './services.js';
import { createSharedOpening } from './shared-opening.js';
import { startIncident } from './start-incident.js';
import { teamsMessages } from './teams-messages.js';
import { undoIncident } from './undo.js';
import { teamsWebhook } from './teams-webhook.js';

/** What the registrar needs of one route. */
export interface RegisteredDoor {
  readonly methods: HttpMethod[];
  readonly route: string;
  /** `function` for the key check alone; every other door decides by itself who passes. */
  readonly authLevel: 'anonymous' | 'function';
  readonly handler: Handler;
}

const doors: readonly Door[] = [
  alertKey,
  startIncident,
  listIncidents,
  getIncident,
  getPlan,
  getRecord,
  getReport,
  decideOverHttp,
  revisePlan,
  cancelIncident,
  holdIncident,
  resumeIncident,
  addNote,
  nameActors,
  releaseActor,
  undoIncident,
  lendSession,
  teamsMessages,
  teamsWebhook,
  decidePage,
  getHealth,
  getReadiness,
];

/**
 * Every HTTP function by its name, ready to be registered. Nothing happens on import, and the services
 * are asked for at each request: building them is the registrar's business.
 */
export function createHandlers(services: () => DoorServices): Record<string, RegisteredDoor> {
  const limit = createRateLimit(() => services().clock.now());
  const all = [alertsSentinel(createSharedOpening()), ...doors];
  return Object.fromEntries(
    [...all, openApiDoor(all)].map((door) => [
      door.name,
      {
        methods: [door.method],
        route: door.route,
        authLevel: door.authLevel,
        handler: answering(door, services, limit),
      },
    ]),
  );
}

export type { DoorServices, DoorSettings } from './services.js';
