import type { ActorKind, ActorRef } from '../identities.js';
import type { ActorHint } from './intake.js';

export interface ResolvedHint {
  readonly hint: ActorHint;
  /** Null when the directory knows no such identity. */
  readonly identity: {
    readonly kind: ActorKind;
    readonly id: string;
    readonly name: string;
  } | null;
}

export interface Writer {
  readonly kind: ActorKind;
  readonly id: string;
  readonly name: string | null;
  readonly rows: number;
}

export interface ChosenActor {
  readonly actor: ActorRef;
  readonly auditRows: number;
  readonly reason: string;
}

export type ActorChoice =
  | { readonly ok: true; readonly actors: readonly ChosenActor[] }
  | {
      readonly ok: false;
      readonly question: string;
      /** Who it may have been, the likeliest first. */
      readonly candidates: readonly ChosenActor[];
    };

/** A stranger who wrote this many times as much as the named account is more likely the actor than it. */
const overwhelming = 10;
/** Beside a named account that wrote nothing, this many writes by somebody else make the alert doubtful. */
const suspicious = 100;
const writersNamed = 5;

/**
 * Decides who the actor is. The alert's account can be the victim (inbound fact sheet A.5), so who wrote
 * in the window decides among the candidates: the best named one that wrote, unless another candidate
 * wrote many times as much. A commander's word is taken. When nobody wrote, the best
 * named identity stays the actor with no rows: that is a false alarm to be shown, not to be guessed away.
 */
export function chooseActors(question: {
  readonly hints: readonly ResolvedHint[];
  readonly writers: readonly Writer[];
  readonly commanderNamed: boolean;
}): ActorChoice {
  const { writers, commanderNamed } = question;
  const rowsOf = new Map(writers.map((writer) => [writer.id, writer.rows]));
  const candidates = distinct(
    question.hints.flatMap(({ hint, identity }) =>
      identity === null
        ? []
        : [
            {
              actor: actorOf(identity),
              auditRows: rowsOf.get(identity.id) ?? 0,
              reason: hint.reason,
            },
          ],
    ),
  );
  if (commanderNamed && candidates.length > 0) return { ok: true, actors: candidates };

  const writing = candidates.filter((candidate) => candidate.auditRows > 0);
  const busiest = writers[0];
  const ranked = rank(candidates, writers);
  const named = writing[0];
  if (named !== undefined) {
    const stranger = busiest !== undefined && !writing.some(({ actor }) => actor.id === busiest.id);
    if (!stranger || busiest.rows < named.auditRows * overwhelming) {
      const most = mostRows(writing);
      const likelier = most.auditRows >= named.auditRows * overwhelming ? most : named;
      return { ok: true, actors: [likelier] };
    }
    return ask(`The alert names ${named.actor.name} (${named.auditRows} writes)`, ranked);
  }
  const silent = candidates[0];
  if (silent !== undefined) {
    return busiest === undefined || busiest.rows < suspicious
      ? { ok: true, actors: [silent] }
      : ask(`The alert names ${silent.actor.name}, who wrote nothing in the window`, ranked);
  }
  return ask('The alert names nobody the directory knows', ranked);
}

/** Everybody who was named or wrote: who wrote most first, and whom the alert names first among equals. */
function rank(
  candidates: readonly ChosenActor[],
  writers: readonly Writer[],
): readonly ChosenActor[] {
  const strangers = writers
    .filter((writer) => !candidates.some(({ actor }) => actor.id === writer.id))
    .slice(0, writersNamed)
    .map(({ kind, id, name, rows }) => ({
      actor: { kind, id, name: name ?? id },
      auditRows: rows,
      reason: 'wrote in the window; the alert does not name it',
    }));
  return [...candidates, ...strangers].sort((a, b) => b.auditRows - a.auditRows);
}

function ask(why: string, candidates: readonly ChosenActor[]): ActorChoice {
  const named = candidates
    .slice(0, writersNamed)
    .map(
      ({ actor, auditRows, reason }, index) =>
        `${index + 1}. ${actor.name} (${actor.kind} ${actor.id}, ${auditRows} writes: ${reason})`,
    );
  const who = named.length === 0 ? 'Nobody wrote in the window.' : `${named.join('; ')}.`;
  return { ok: false, question: `${why}. ${who} Who is the actor?`, candidates };
}

const mostRows = (actors: readonly ChosenActor[]): ChosenActor =>
  actors.reduce((most, actor) => (actor.auditRows > most.auditRows ? actor : most));

const actorOf = (identity: { kind: ActorKind; id: string; name: string }): ActorRef => ({
  kind: identity.kind,
  id: identity.id,
  name: identity.name,
});

const distinct = (actors: readonly ChosenActor[]): ChosenActor[] =>
  [...new Map([...actors].reverse().map((chosen) => [chosen.actor.id, chosen])).values()].reverse();
