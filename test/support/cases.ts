import { canonicalText, digestOf } from '../../shared/digest.js';
import type { ApprovalRequest } from '../../shared/domain/approval/approval.js';
import { openIncident } from '../../shared/domain/incident/incident-changes.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import type { Json } from '../../shared/domain/json.js';
import type { PlanBody, PlannedObject } from '../../shared/domain/plan/plan.js';
import { conversationId, ids, type Doors } from './doors.js';

export const incidentId = 'inc-0123456789abcdef0123456789abcdef';
export const cardActivityId = '1767765488332';
export const nonce = 'nonce-of-the-card';

const intake: Intake = {
  source: 'commander',
  key: { kind: 'commander', value: 'key' },
  alertIds: [],
  title: 'Users disabled in bulk',
  severity: null,
  window: { from: '2026-11-20T20:30:00.000Z', to: '2026-11-20T21:00:00.000Z' },
  hints: [],
  targets: null,
  cause: 'unknown',
  labels: [],
  openedBy: { id: ids.commander, name: 'commander' },
  note: null,
  references: {},
};

const noClasses = {
  actorOnly: 0,
  mixed: 0,
  otherOnly: 0,
  unexplained: 0,
  created: 0,
  restoredSince: 0,
  lost: 0,
  synced: 0,
  unsupported: 0,
};
const noActions = {
  update: 0,
  restore: 0,
  softDelete: 0,
  addMember: 0,
  removeMember: 0,
  addAssignment: 0,
  removeAssignment: 0,
};

export function plannedUser(number: number, change: Partial<PlannedObject> = {}): PlannedObject {
  const objectId = `55555555-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return {
    objectId,
    objectType: 'user',
    displayName: `User ${number}`,
    privileged: false,
    deltas: [
      {
        property: 'accountEnabled',
        class: 'actorOnly',
        action: 'update',
        then: { known: true, value: true },
        now: { known: true, value: false },
        reason: 'the actor alone wrote it',
        evidence: [`event-${number}`],
      },
    ],
    residual: [],
    ...change,
  };
}

/** An open incident in the store, with the actor named and nothing planned yet. */
export async function seedIncident(
  doors: Doors,
  change: Partial<Incident> = {},
): Promise<Incident> {
  const incident: Incident = {
    ...openIncident({
      id: incidentId,
      intake,
      openedAt: '2026-11-20T21:00:00.000Z',
      policyDigest: doors.policyInForce.digest,
      links: {},
    }),
    actor: { kind: 'user', id: ids.actor, name: 'Actor' },
    actors: [
      { kind: 'user', id: ids.actor, name: 'Actor', containment: 'contained', provenAt: null },
    ],
    ...change,
  };
  await doors.store.createIncident(incident);
  const { policy, digest } = doors.policyInForce;
  await put(doors, 'intake', intake);
  await put(doors, 'policy', { policy, digest });
  await doors.store.append(incident.id, 'opened', {
    at: incident.openedAt,
    kind: 'opened',
    by: { id: ids.commander, name: 'commander' },
    summary: 'opened',
  });
  doors.instances.add(incident.id);
  return incident;
}

export interface SeededPlan {
  readonly digest: string;
  readonly request: ApprovalRequest;
}

/** Adds a plan of these objects, asks for its approval and posts its card, as the run would. */
export async function seedPlan(
  doors: Doors,
  objects: readonly PlannedObject[] = Array.from({ length: 30 }, (_, index) => plannedUser(index)),
  change: Partial<ApprovalRequest> = {},
): Promise<SeededPlan> {
  const { store } = doors;
  const text = objects.map((object) => `${canonicalText(object)}\n`).join('');
  const chunk = await store.putArtefact(incidentId, 'plan-chunk', text);
  const version = change.planVersion ?? 1;
  const expiresAt = change.expiresAt ?? '2026-11-21T01:00:00.000Z';
  const counts = {
    objects: objects.length,
    byClass: { ...noClasses, actorOnly: objects.length },
    byAction: { ...noActions, update: objects.length },
    excluded: 0,
  };
  const body: PlanBody = {
    tenantId: ids.tenant,
    incidentId,
    version,
    recoveryPointId: null,
    executor: 'surgical',
    policyDigest: doors.policyInForce.digest,
    scopeDigest: `sha256:${'1'.repeat(64)}`,
    exclusions: [],
    expiresAt,
    chunks: [{ sha256: chunk.sha256, objects: objects.length, planned: objects.length }],
    counts,
    warnings: [],
  };
  const digest = digestOf(body);
  const view = {
    version,
    digest,
    executor: 'surgical' as const,
    ...counts,
    etaSeconds: 30,
    warnings: [],
    expiresAt,
  };
  const incident = await store.updateIncident(incidentId, (open) => ({
    ...open,
    state: 'awaitingApproval',
    plan: view,
  }));
  const basis = {
    actorsVersion: 0,
    windowFrom: incident.window.from,
    windowTo: incident.window.to,
  };
  await put(doors, 'plan', { body, digest, view, provisional: false, basis });
  const request: ApprovalRequest = {
    planDigest: digest,
    planVersion: version,
    objects: objects.length,
    requestedAt: '2026-11-20T21:00:00.000Z',
    expiresAt,
    required: objects.length > 25 ? ['operator', 'approver'] : ['operator'],
    diagnosticians: [{ id: ids.commander, name: 'commander' }],
    actorIds: [ids.actor],
    nonce,
    ...change,
  };
  await store.updateLedger(incidentId, (ledger) => ({
    ...ledger,
    requests: [...ledger.requests, request],
  }));
  const card = { conversationId, activityId: cardActivityId };
  await store.updateDocument<Json>(incidentId, 'cards', (cards) => ({
    ...((cards ?? {}) as Record<string, Json>),
    [digest]: card,
  }));
  return { digest, request };
}

export async function put(doors: Doors, name: string, value: unknown): Promise<void> {
  await doors.store.updateDocument<Json>(incidentId, name, () => value as Json);
}

export const kinds = (doors: Doors): string[] =>
  doors.store.entries(incidentId).map(({ kind }) => kind);
