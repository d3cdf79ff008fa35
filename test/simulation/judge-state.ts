import { createTenant, type Tenant } from '../../local/tenant/tenant.js';
import { canonicalText } from '../../shared/digest.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Delta, PlannedObject } from '../../shared/domain/plan/plan.js';
import type { Case } from './case.js';
import { SharedClock } from './clock.js';
import { start, tenantOptions, type Deployment } from './deployment.js';
import type { Drawn } from './draw.js';
import type { Finding } from './finding.js';
import { relationOf } from './relations.js';
import { sharedKeys } from './shared-keys.js';

/** Everything of the directory that can be damaged, one entry per fact: `id/what` to its value. */
type Facts = ReadonlyMap<string, string>;

/**
 * I10 and I13, fact by fact, against two other worlds of the same seed: one in which the actor did
 * nothing, one in which nobody recovered anything. What became of every fact must be the first, or else
 * the second with a line in the plan that says why; a third value is somebody's harm.
 */
export function judgeState(deployment: Deployment, seen: Case, drawn: Drawn): Finding[] {
  const { tenant, clock } = deployment;
  const unharmed = factsOf(otherWorld(drawn, clock.now(), true), seen);
  const untouched = factsOf(otherWorld(drawn, clock.now(), false), seen);
  const now = factsOf(tenant, seen);
  const { incident, plans } = seen;
  const wasExecuted = incident.execution !== null;
  const wasUndone = incident.undo?.outcome === 'recovered';
  const lines = new Map(
    plans.flatMap(({ objects }) => objects).map((object) => [object.objectId, object]),
  );
  const findings: Finding[] = [];

  for (const fact of new Set([...now.keys(), ...unharmed.keys()])) {
    const value = now.get(fact) ?? absent;
    const wanted = unharmed.get(fact) ?? absent;
    const asLeft = untouched.get(fact) ?? absent;
    if (wasUndone && value !== asLeft && value !== wanted) {
      findings.push({
        invariant: 'UNDO',
        what: `${fact} is ${value} after the undo, not ${asLeft}`,
      });
    }
    if (value === wanted) {
      if (wasUndone && value !== asLeft) {
        findings.push({
          invariant: 'UNDO',
          what: `${fact} is still ${value} after the undo, not ${asLeft}`,
        });
      }
      continue;
    }
    const said = lineOf(lines, fact, now);
    // Of what the trail told too late the product owes the telling.
    if (toldLate(incident, fact)) continue;
    if (value !== (untouched.get(fact) ?? absent)) {
      findings.push({
        invariant: 'I13',
        what: `${fact} is ${value}: neither ${wanted} as without the actor, nor ${untouched.get(fact) ?? absent} as the actor left it. ${describe(said.delta)}`,
      });
    } else if (wasExecuted && said.object === undefined) {
      findings.push({
        invariant: 'COMPLETE',
        what: `${fact} is still ${value} instead of ${wanted}, and no plan has a line about it`,
      });
    } else if (
      !wasUndone &&
      incident.undo === null &&
      incident.outcome === 'recovered' &&
      (said.delta?.action ?? null) !== null
    ) {
      findings.push({
        invariant: 'I10',
        what: `recovered is claimed, but ${fact} is ${value} instead of ${wanted}. ${describe(said.delta)}`,
      });
    }
  }
  const { verification } = incident;
  if (incident.outcome === 'recovered' && (verification?.mismatched ?? 0) > 0) {
    findings.push({ invariant: 'I10', what: 'recovered is claimed although objects mismatch' });
  }
  return findings;
}

const kinds = [
  'user',
  'group',
  'application',
  'servicePrincipal',
  'conditionalAccessPolicy',
  'namedLocation',
  'authorizationPolicy',
  'appRoleAssignment',
  'oAuth2PermissionGrant',
] as const;

const absent = 'absent';
/** Follow from other things, or belong to containment. */
const ignored = new Set([
  'signInSessionsValidFromDateTime',
  'lastPasswordChangeDateTime',
  'modifiedDateTime',
  'deletedDateTime',
]);

function otherWorld({ seed, users }: Drawn, at: number, withoutActor: boolean): Tenant {
  const which = { seed, users, scenario: 'random', withoutActor };
  const tenant = createTenant({
    ...tenantOptions(which, new SharedClock(start)),
    keys: sharedKeys,
  });
  tenant.directory.advance(at);
  return tenant;
}

function factsOf({ directory }: Tenant, { incident }: Case): Facts {
  const facts = new Map<string, string>();
  const actors = new Set(incident.actors.map(({ id }) => id));
  for (const type of kinds) {
    for (const state of ['live', 'deleted'] as const) {
      for (const { id, properties } of directory.now.list(type, state)) {
        if (actors.has(id)) continue;
        const relation = relationOf({ type, properties });
        if (relation !== null) {
          facts.set(`${relation.ownerId}/${relation.property}`, relation.value);
          continue;
        }
        facts.set(`${id.toLowerCase()}/*`, state);
        for (const [name, value] of Object.entries(properties)) {
          if (!ignored.has(name) && value !== null)
            facts.set(`${id.toLowerCase()}/${name}`, canonicalText(value));
        }
        if (type !== 'group' || state !== 'live') continue;
        for (const member of directory.now.links(id, 'members')) {
          facts.set(`${member}/memberOf/${id}`, 'member');
        }
      }
    }
  }
  return facts;
}

/** Members go with their group: the line about the life of one that is not live speaks of them as well. */
function lineOf(
  lines: ReadonlyMap<string, PlannedObject>,
  fact: string,
  now: Facts,
): { readonly object: PlannedObject | undefined; readonly delta: Delta | undefined } {
  const slash = fact.indexOf('/');
  const property = fact.slice(slash + 1);
  const own = lineAbout(lines.get(fact.slice(0, slash)), property);
  const groupId = /^memberOf\/(.+)$/.exec(property)?.[1] ?? null;
  if (own.delta !== undefined || groupId === null || now.get(`${groupId}/*`) === 'live') return own;
  const ofGroup = lineAbout(lines.get(groupId), '*');
  return ofGroup.delta === undefined ? own : ofGroup;
}

const lineAbout = (object: PlannedObject | undefined, property: string) => ({
  object,
  delta: object?.deltas.find((delta) => delta.property === property),
});

const toldLate = ({ residual, warnings }: Incident, fact: string): boolean =>
  warnings.some((text) => text.startsWith('LATE ROWS')) &&
  residual.some(({ objectId, what }) => fact.includes(objectId) && what.includes('too late'));

const describe = (delta: Delta | undefined): string =>
  delta === undefined
    ? 'No plan speaks of it.'
    : `The plan says ${delta.class}, ${delta.action ?? 'left alone'}, then ${JSON.stringify(delta.then)}, now ${JSON.stringify(delta.now)}: ${delta.reason}`;
