import { digestOf } from '../../../shared/digest.js';
import { addToLines } from '../../../shared/domain/approval/approval-lines.js';
import type { LineCount } from '../../../shared/domain/approval/approval.js';
import type { PlanView } from '../../../shared/domain/incident/incident.js';
import type { Json } from '../../../shared/domain/json.js';
import { plainText } from '../../../shared/domain/attribution/values.js';
import { concernsSignIn, respondersOf } from '../../../shared/domain/plan/lockout-forecast.js';
import type { Residual, PlanBody, PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { Policy } from '../../../shared/domain/policy.js';
import type { ArtefactRef } from '../../../shared/ports/evidence.js';
import { readLines } from '../lines.js';
import type { PlanDocument } from './plan-file.js';
import type { ActivityServices } from '../services.js';

const residualsInDocument = 500;
const examplesNamed = 5;

type Ground = Pick<PlanBody, 'scopeDigest' | 'recoveryPointId' | 'chunks'>;

/** The plan of this version that an interrupted run has closed already, if it is of the same preview. */
export async function closedBefore(
  services: ActivityServices,
  incidentId: string,
  version: number,
  ground: Ground,
): Promise<{ digest: string; artefact: ArtefactRef; view: PlanView } | null> {
  const stored = (await services.store.readDocument<Json>(
    incidentId,
    `plan-${version}`,
  )) as unknown as (PlanDocument & { readonly artefact?: ArtefactRef }) | null;
  if (stored?.artefact === undefined) return null;
  const { body, digest, view, artefact } = stored;
  const isOver = services.clock.now() >= Date.parse(body.expiresAt);
  return digestOfGround(body) === digestOfGround(ground) && !isOver
    ? { digest, artefact, view }
    : null;
}

const digestOfGround = ({ scopeDigest, recoveryPointId, chunks }: Ground): string =>
  digestOf([scopeDigest, recoveryPointId, chunks]);

/** Reads the lines once more for what only the whole plan can tell: warnings, and what stays for people. */
export async function lookThrough(
  services: ActivityServices,
  incidentId: string,
  chunks: PlanBody['chunks'],
  policy: Policy,
) {
  const responders = new Set(respondersOf(policy).map(({ id }) => id));
  const signIn: PlannedObject[] = [];
  const residual: Residual[] = [];
  let residuals = 0;
  let privileged = 0;
  let unknownValues = 0;
  let fromBackup = 0;
  let overwritten = 0;
  let disagreeing = 0;
  let setByActor = 0;
  const setByActorIn: string[] = [];
  let lines: readonly LineCount[] = [];
  for (const chunk of chunks) {
    for (const object of await readLines<PlannedObject>(services, incidentId, chunk.sha256)) {
      lines = addToLines(lines, object);
      if (concernsSignIn(object, responders)) signIn.push(object);
      residuals += object.residual.length;
      residual.push(...object.residual.slice(0, residualsInDocument - residual.length));
      if (object.privileged && object.residual.length > 0) privileged += 1;
      const unknown = object.deltas.filter((delta) => !delta.then.known);
      unknownValues += unknown.filter(({ action }) => action === null).length;
      fromBackup += unknown.filter(({ action }) => action !== null).length;
      disagreeing += object.deltas.filter(({ point }) => point === 'disagrees').length;
      const own = object.deltas.filter((one) => one.action !== null && one.setByActorAt);
      setByActor += own.length;
      const name = plainText(object.displayName).slice(0, 60);
      const named = own.slice(0, examplesNamed - setByActorIn.length);
      setByActorIn.push(...named.map(({ property }) => `${name} (${property})`));
      overwritten += object.deltas.filter(
        (delta) => delta.class === 'mixed' && delta.action === null,
      ).length;
    }
  }
  return {
    residual,
    lines,
    signIn,
    facts: {
      residuals,
      privileged,
      unknownValues,
      fromBackup,
      overwritten,
      disagreeing,
      setByActor,
      setByActorIn,
    },
  };
}
