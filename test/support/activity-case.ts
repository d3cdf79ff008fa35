import type { ActivityServices } from '../../functions/activities/services.js';
import { createActivities } from '../../functions/activities/index.js';
import { policySchema } from '../../shared/contracts/policy.js';
import { canonicalText, digestOf } from '../../shared/digest.js';
import type { ApprovalLine, Decision } from '../../shared/domain/approval/approval.js';
import { openIncident } from '../../shared/domain/incident/incident-changes.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { ActorRef, Person } from '../../shared/domain/identities.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import type { Json } from '../../shared/domain/json.js';
import type {
  CurrentObject,
  Delta,
  PlanBody,
  PlannedObject,
} from '../../shared/domain/plan/plan.js';
import { addToCounts, emptyCounts, toPlanView } from '../../shared/domain/plan/plan-building.js';
import type { Policy } from '../../shared/domain/policy.js';
import type { ReportExtras } from '../../shared/ports/report.js';
import { intake as makeIntake } from '../domain/support/incidents.js';
import { createFakeAuditLog } from './fake-audit-log.js';
import { createFakeDirectory } from './fake-directory.js';
import { createFakeRecovery } from './fake-recovery.js';
import { createMemoryStore, putOnRecord } from './memory-store.js';
import { createVirtualClock } from './virtual-clock.js';

export const incidentId = 'inc-0123456789abcdef0123456789abcdef';
export const otherIncidentId = 'inc-fedcba9876543210fedcba9876543210';
export const start = Date.parse('2026-11-20T21:00:00.000Z');
export const scopeDigest = `sha256:${'1'.repeat(64)}`;
export const actor: ActorRef = {
  kind: 'user',
  id: '11111111-0000-4000-8000-000000000007',
  name: 'Ada',
};
export const olga: Person = { id: '22222222-0000-4000-8000-000000000001', name: 'Olga' };
export const anna: Person = { id: '22222222-0000-4000-8000-000000000002', name: 'Anna' };
export const carl: Person = { id: '22222222-0000-4000-8000-000000000003', name: 'Carl' };
export const staff = '66666666-0000-4000-8000-000000000001';

const pinned = ({ id, name }: Person) => ({ objectId: id, name });
type PolicyParts = { [K in keyof Policy]?: Partial<Policy[K]> };

export function policyWith(over: PolicyParts = {}): Policy {
  const base = policySchema.parse({
    people: { operators: [pinned(olga)], approvers: [pinned(anna)], commanders: [pinned(carl)] },
  }) as Policy;
  const parts = Object.entries(over).map(([name, part]) => [
    name,
    { ...base[name as keyof Policy], ...part },
  ]);
  return { ...base, ...(Object.fromEntries(parts) as Partial<Policy>) };
}

export const userId = (number: number): string =>
  `55555555-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const delta = (over: Partial<Delta> = {}): Delta => ({
  property: 'accountEnabled',
  class: 'actorOnly',
  action: 'update',
  then: { known: true, value: true },
  now: { known: true, value: false },
  reason: 'the actor alone wrote it',
  evidence: [],
  ...over,
});

export const membership = (action: 'addMember' | 'removeMember', groupId = staff): Delta =>
  delta({
    property: `memberOf/${groupId}`,
    action,
    then: { known: true, value: action === 'addMember' },
    now: { known: true, value: action !== 'addMember' },
  });

export const existence = (action: 'restore' | 'softDelete', over: Partial<Delta> = {}): Delta =>
  delta({
    property: '*',
    action,
    then: { known: true, value: action === 'restore' },
    now: { known: true, value: action !== 'restore' },
    ...over,
  });

/** A user whom the actor disabled and whom the plan enables again. */
export const plannedUser = (number: number, over: Partial<PlannedObject> = {}): PlannedObject => ({
  objectId: userId(number),
  objectType: 'user',
  displayName: `User ${number}`,
  privileged: false,
  deltas: [delta()],
  residual: [],
  ...over,
});

export const plannedUsers = (count: number): PlannedObject[] =>
  Array.from({ length: count }, (_, number) => plannedUser(number));

/** The same user as the directory has them after the actor's write. */
export const damagedUser = (number: number, over: Partial<CurrentObject> = {}): CurrentObject => ({
  objectId: userId(number),
  objectType: 'user',
  displayName: `User ${number}`,
  presence: 'present',
  daysLeft: null,
  synced: false,
  privileged: false,
  properties: { accountEnabled: false },
  memberOf: [],
  ...over,
});

const intake: Intake = makeIntake({
  key: { kind: 'incident', value: 'incident-1' },
  title: 'Users disabled in bulk',
  window: { from: '2026-11-20T20:30:00.000Z', to: '2026-11-20T20:50:00.000Z' },
});

export type Case = ReturnType<typeof createCase>;

/** All activities over in-memory fakes, with an open incident; nothing planned yet. */
export function createCase() {
  const clock = createVirtualClock(start);
  const store = createMemoryStore();
  const directory = createFakeDirectory(clock);
  const auditLog = createFakeAuditLog();
  for (const person of [actor, olga, anna, carl]) directory.addIdentity({ ...person });
  const inForce = { policy: policyWith(), digest: `sha256:${'9'.repeat(64)}`, warning: null };
  const sent: { channel: 'card' | 'update' | 'notice' | 'urgent'; text: string }[] = [];
  const works = { card: true, notice: true, urgent: true };
  const recovery = createFakeRecovery(clock);
  const { points } = recovery;
  const reports: { incident: Incident; extras: ReportExtras | undefined }[] = [];
  let nonces = 0;

  const services: ActivityServices = {
    clock,
    store,
    directory,
    auditLog,
    recovery: recovery.service,
    sessions: recovery.sessions,
    notifier: {
      postCard: async (card) => {
        sent.push({ channel: 'card', text: JSON.stringify(card) });
        return works.card
          ? { ok: true, card: { conversationId: '19:channel', activityId: `card-${sent.length}` } }
          : { ok: false, why: 'the conversation is gone' };
      },
      updateCard: async (where, card) => {
        sent.push({ channel: 'update', text: JSON.stringify(card) });
        return { ok: true, card: where };
      },
      notice: async (title, text) => {
        sent.push({ channel: 'notice', text: `${title}\n${text}` });
        return works.notice;
      },
      urgent: async (_id, title, text) => {
        sent.push({ channel: 'urgent', text: `${title}\n${text}` });
        return works.urgent;
      },
    },
    policies: { current: async () => inForce },
    report: {
      render: (incident, _record, extras) => {
        reports.push({ incident, extras });
        return { html: `<!doctype html><p>${incident.id}</p>`, markdown: `# ${incident.id}` };
      },
    },
    tenantId: '33333333-0000-4000-8000-000000000001',
    publicUrl: 'https://rewind.example.test',
    newNonce: () => `nonce-${(nonces += 1)}`,
  };

  const put = (name: string, value: unknown, id = incidentId) =>
    store.updateDocument<Json>(id, name, () => value as Json);

  return {
    ...{
      services,
      clock,
      store,
      directory,
      recovery,
      auditLog,
      inForce,
      sent,
      works,
      points,
      reports,
      put,
    },
    /** Handlers as the runtime calls them: inputs and outputs checked, refusals as values. */
    handlers: createActivities(() => services),
    told: (channel: (typeof sent)[number]['channel']) =>
      sent.filter((one) => one.channel === channel).map(({ text }) => text),
    kinds: (id = incidentId) => store.entries(id).map(({ kind }) => kind),
    summaries: (kind: string, id = incidentId) =>
      store
        .entries(id)
        .filter((entry) => entry.kind === kind)
        .map(({ summary }) => summary),
    incident: async (id = incidentId): Promise<Incident> => (await store.readIncident(id))!,

    async open(change: Partial<Incident> = {}, over: Partial<Intake> = {}): Promise<Incident> {
      const opened = { ...intake, ...over };
      const incident: Incident = {
        ...openIncident({
          id: incidentId,
          intake: opened,
          openedAt: '2026-11-20T20:55:00.000Z',
          policyDigest: inForce.digest,
          links: {},
        }),
        actor,
        actors: [{ ...actor, containment: 'contained', provenAt: '2026-11-20T20:56:00.000Z' }],
        scope: { objects: 0, changes: 0, sweeps: 2, settled: true, digest: scopeDigest },
        ...change,
      };
      await store.createIncident(incident);
      await put('intake', opened, incident.id);
      await put('policy', { policy: inForce.policy, digest: inForce.digest }, incident.id);
      return incident;
    },

    /** Stores a plan of these objects, in chunks as the preview would, and answers its digest. */
    async plan(
      objects: readonly PlannedObject[],
      change: Partial<PlanBody> & { readonly provisional?: boolean } = {},
    ): Promise<string> {
      const { provisional = false, ...over } = change;
      const chunks = [];
      for (let from = 0; from < objects.length; from += 500) {
        const lines = objects.slice(from, from + 500);
        const text = lines.map((line) => `${canonicalText(line)}\n`).join('');
        const { sha256 } = await store.putArtefact(incidentId, 'plan-chunk', text);
        const planned = lines.filter((line) => line.deltas.some(({ action }) => action !== null));
        chunks.push({ sha256, objects: lines.length, planned: planned.length });
      }
      const body: PlanBody = {
        tenantId: services.tenantId,
        incidentId,
        version: 1,
        recoveryPointId: null,
        executor: 'surgical',
        policyDigest: inForce.digest,
        scopeDigest,
        exclusions: [],
        expiresAt: new Date(start + 240 * 60_000).toISOString(),
        chunks,
        counts: objects.reduce(addToCounts, emptyCounts()),
        warnings: [],
        ...over,
      };
      const digest = digestOf(body);
      const view = toPlanView(body, digest, inForce.policy);
      const { window } = await store.updateIncident(incidentId, (open) => ({
        ...open,
        state: 'awaitingApproval',
        plan: view,
      }));
      const basis = {
        actorsVersion: 0,
        windowFrom: window.from,
        windowTo: window.to,
        protectedIds: [],
      };
      await put('plan', { body, digest, view, provisional, basis });
      return digest;
    },

    /** Asks for the approval of a plan and gives it. */
    async approve(
      planDigest: string,
      by: readonly Person[] = [olga, anna],
      lines: readonly ApprovalLine[] = [],
    ): Promise<void> {
      const ledger = await store.updateLedger(incidentId, (ledger) => ({
        ...ledger,
        requests: [
          ...ledger.requests,
          {
            planDigest,
            planVersion: 1,
            objects: 30,
            requestedAt: clock.iso(),
            expiresAt: new Date(start + 240 * 60_000).toISOString(),
            required: ['operator', 'approver'],
            diagnosticians: [],
            actorIds: [actor.id],
            nonce: 'nonce',
          },
        ],
        decisions: [
          ...ledger.decisions,
          ...by.map((person): Decision => ({
            decision: 'approve',
            by: person,
            countedAs: person === olga ? 'operator' : 'approver',
            at: clock.iso(),
            via: 'http',
            planDigest,
            comment: null,
            lines,
            proof: { issuer: 'https://issuer.example.test', tokenIdHash: person.id },
            roleCheck: null,
          })),
        ],
      }));
      await putOnRecord(store, incidentId, ledger.decisions);
    },
  };
}
