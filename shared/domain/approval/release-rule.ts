import type { ReleaseRole, ReleaseWord } from '../incident/documents.js';
import { isPinned, type PinnedPerson, type Policy } from '../policy.js';
import { same } from './approval-quorum.js';

export type ReleaseCounted =
  | {
      readonly ok: true;
      readonly words: readonly ReleaseWord[];
      readonly countedAs: ReleaseRole;
      readonly remaining: readonly ReleaseRole[];
    }
  | {
      readonly ok: false;
      readonly code: 'DECIDER_IS_ACTOR' | 'DECIDER_NOT_PINNED' | 'DECIDER_ALREADY_DECIDED';
      readonly message: string;
    };

/**
 * Counts one word on a contained identity: one of a commander and one of an approver, who are two
 * persons and neither of them an actor (contract section 3, `release`). The token's roles open the door,
 * the pins decide. A repetition of one's own word changes nothing.
 */
export function countRelease(
  words: readonly ReleaseWord[],
  attempt: Omit<ReleaseWord, 'countedAs'>,
  rule: {
    readonly policy: Policy;
    readonly actorIds: readonly string[];
    readonly mayBe: readonly ReleaseRole[];
  },
): ReleaseCounted {
  const { by, decision } = attempt;
  if (rule.actorIds.some((id) => same(id, by.id))) {
    return refused('DECIDER_IS_ACTOR', 'An actor of this incident cannot decide about it.');
  }
  const roles = rule.mayBe.filter((role) => isPinned(pinsOf(rule.policy, role), by.id));
  if (roles.length === 0) {
    return refused('DECIDER_NOT_PINNED', 'The policy names this person for no release.');
  }
  const own = words.find((word) => same(word.by.id, by.id));
  if (own?.decision === decision) return counted(words, own.countedAs);
  const open = roles.find((role) => !words.some(({ countedAs }) => countedAs === role));
  if (own !== undefined || open === undefined) {
    return refused(
      'DECIDER_ALREADY_DECIDED',
      own === undefined
        ? 'Another person has given this word already.'
        : `This person said ${own.decision} at ${own.at}.`,
    );
  }
  return counted([...words, { ...attempt, countedAs: open }], open);
}

const counted = (words: readonly ReleaseWord[], countedAs: ReleaseRole): ReleaseCounted => ({
  ok: true,
  words,
  countedAs,
  remaining: (['commander', 'approver'] as const).filter(
    (role) => !words.some((word) => word.countedAs === role),
  ),
});

const refused = (
  code: Extract<ReleaseCounted, { ok: false }>['code'],
  message: string,
): ReleaseCounted => ({ ok: false, code, message });

const pinsOf = (policy: Policy, role: ReleaseRole): readonly PinnedPerson[] =>
  role === 'commander' ? policy.people.commanders : policy.people.approvers;
