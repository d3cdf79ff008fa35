import type { Incident } from '../../domain/incident/incident.js';
import type { CanSignIn } from '../../domain/plan/sign-in-model.js';
import { facts, instant, table, text, type Section } from './blocks.js';

const signInWords: Readonly<Record<CanSignIn, string>> = {
  can: 'can',
  cannot: 'CANNOT',
  unknown: 'not certain',
};

/** Who could still act once the plan is carried out; no section for a plan that cannot change it. */
export function forecastSections({ plan }: Incident): Section[] {
  const forecast = plan?.forecast;
  if (forecast === undefined) return [];
  return [
    {
      title: 'Lock-out forecast',
      blocks: [
        text(
          forecast.unread === null
            ? 'Whether the responders can sign in, by the Conditional Access policies as they are and as the plan leaves ' +
                'them. What depends on a place, a device or a risk is not certain, and counts as no for break-glass accounts.'
            : `The forecast could not be made: ${forecast.unread}`,
        ),
        facts([
          [
            'Break-glass accounts that could sign in after the plan',
            String(forecast.breakGlassAfter),
          ],
          ['Verdict', forecast.refused ? 'refused without the line lockout' : 'passed'],
        ]),
        ...table({
          head: ['Person', 'Object id', 'Is', 'Now', 'After the plan', 'Why'],
          rows: forecast.people.map(({ name, id, roles, now, after, why }) => [
            name,
            id,
            roles.join(', '),
            signInWords[now],
            signInWords[after],
            why ?? '',
          ]),
          codes: [1],
        }),
      ],
    },
  ];
}

/** What became of the wish to go back to the state before the recovery; no section without one. */
export function undoSections({ undo }: Incident): Section[] {
  if (undo === null) return [];
  const { plan, execution, verification, approvals } = undo;
  const given = approvals.given.map(
    ({ by, countedAs, at }) => `${by.name} as ${countedAs}, ${instant(at)}`,
  );
  return [
    {
      title: 'Undo',
      blocks: [
        text(undo.summary),
        facts([
          ['Asked by', `${undo.askedBy.name}, ${instant(undo.askedAt)}`],
          ['State', undo.outcome ?? undo.state],
          ['Plan digest', undo.planDigest ?? 'not drawn yet'],
          ['Objects', plan === null ? '–' : String(plan.objects)],
          ['Approved by', given.join('; ') || 'nobody'],
          [
            'Written',
            execution === null
              ? 'nothing'
              : `${execution.applied} applied, ${execution.skipped} skipped, ${execution.failed} failed`,
          ],
          [
            'Read back',
            verification === null
              ? 'not read back'
              : `${verification.verified} as planned, ${verification.mismatched} different, ${verification.pending} not yet readable`,
          ],
        ]),
        ...((plan?.warnings.length ?? 0) === 0
          ? []
          : [{ kind: 'warnings' as const, items: plan?.warnings ?? [] }]),
      ],
    },
  ];
}
