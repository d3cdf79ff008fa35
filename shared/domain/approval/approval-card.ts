import type { Standing } from './approval-rule.js';
import type { ApprovalRequest } from './approval.js';
import { cardText } from './card-text.js';
import type { Incident, PlanView } from '../incident/incident.js';
import type { Json } from '../json.js';
import { isUndoPlan, planViewOf } from '../plan/undo-view.js';

export interface CardLinks {
  /** Base of links, without a trailing slash. */
  readonly publicUrl: string;
}

type Element = { readonly [key: string]: Json };

const mostWarnings = 5;

/**
 * The card that asks for a decision on one plan (contract section 3, `POST /teams/messages`). Adaptive
 * Card 1.5; its size is bounded whatever the tenant's names are. The data of the buttons names what is
 * decided and carries no authority: the door compares every part with the ledger.
 */
export function approvalCard(
  incident: Incident,
  request: ApprovalRequest,
  standing: Pick<Standing, 'given' | 'remaining'>,
  links: CardLinks,
): Json {
  const plan = planViewOf(incident, request.planDigest);
  const what = isUndoPlan(incident, request.planDigest) ? 'undo plan' : 'recovery plan';
  const data = {
    incidentId: incident.id,
    planDigest: request.planDigest,
    planVersion: request.planVersion,
    nonce: request.nonce,
  };
  const open = openConsole(incident, links);
  return card(`Approval needed: ${what} ${request.planVersion} of ${incident.id}.`, [
    heading(`Approve ${what} ${request.planVersion}?`),
    facts([
      ['Incident', cardText(incident.title)],
      ['Actor', actorText(incident)],
      ['Objects to put back', String(request.objects)],
      ...planFacts(plan),
      ['Recovery point', recoveryText(incident)],
      ['Plan digest', shortDigest(request.planDigest)],
      ['Expires', request.expiresAt],
      ['Approved by', givenText(standing)],
      ['Still needed', standing.remaining.join(' and ') || 'nobody'],
      ...unableFacts(incident),
    ]),
    ...warnings(plan?.warnings ?? []),
    {
      type: 'Input.Text',
      id: 'comment',
      label: 'Comment (kept in the record)',
      isMultiline: true,
      maxLength: 500,
    },
    {
      type: 'ActionSet',
      actions: [
        {
          type: 'Action.Execute',
          id: 'approve',
          title: 'Approve',
          style: 'positive',
          verb: 'approve',
          data,
          fallback: open,
        },
        {
          type: 'Action.Execute',
          id: 'reject',
          title: 'Reject',
          style: 'destructive',
          verb: 'reject',
          data,
          fallback: 'drop',
        },
        open,
      ],
    },
  ]);
}

/** The same place once nothing can be pressed any more, or for the person who has just pressed. */
export function decidedCard(incident: Incident, text: string, links: CardLinks): Json {
  return noticeCard(incident, 'Recovery plan', text, links);
}

/** A card that only tells something. */
export function noticeCard(
  incident: Incident,
  title: string,
  text: string,
  links: CardLinks,
): Json {
  return card(`${cardText(title, 80)}: ${incident.id}`, [
    heading(cardText(title, 80)),
    { type: 'TextBlock', text: cardText(text, 500), wrap: true },
    facts([
      ['Incident', cardText(incident.title)],
      ['Actor', actorText(incident)],
      ['State', incident.outcome ?? incident.state],
      ...(incident.plan === null
        ? []
        : ([['Plan digest', shortDigest(incident.plan.digest)]] as const)),
    ]),
    { type: 'ActionSet', actions: [openConsole(incident, links)] },
  ]);
}

const card = (fallbackText: string, body: readonly Element[]): Json => ({
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.5',
  fallbackText,
  msteams: { width: 'Full' },
  body,
});

const heading = (text: string): Element => ({
  type: 'TextBlock',
  text,
  size: 'Large',
  weight: 'Bolder',
  style: 'heading',
  wrap: true,
});

const facts = (pairs: readonly (readonly [string, string])[]): Element => ({
  type: 'FactSet',
  facts: pairs.map(([title, value]) => ({ title, value })),
});

/** The way that works when the bot does not, and that does not trust Teams. */
const openConsole = (incident: Incident, { publicUrl }: CardLinks): Element => ({
  type: 'Action.OpenUrl',
  title: 'Open the incident',
  url: `${publicUrl}/api/console/incidents/${incident.id}`,
});

function planFacts(plan: PlanView | null): (readonly [string, string])[] {
  if (plan === null) return [];
  const actions = Object.entries(plan.byAction)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} ${action}`);
  const minutes = Math.max(1, Math.round(plan.etaSeconds / 60));
  return [
    ['Writes', actions.join(', ') || 'none'],
    ['Left alone', String(leftAlone(plan))],
    ...lineFacts(plan),
    ['Executor', `${plan.executor}, about ${minutes} min`],
  ];
}

/** What a press in Teams does not carry out, and what it cannot approve. */
function lineFacts({ lines = [], requiredLines = [] }: PlanView): [string, string][] {
  const counts = lines.map(({ line, objects }) => `${line} (${objects})`);
  return [
    ...(counts.length === 0
      ? []
      : ([['Left out unless named over HTTP', counts.join(', ')]] as [string, string][])),
    ...(requiredLines.length === 0
      ? []
      : ([['Can be approved over HTTP only, with', requiredLines.join(', ')]] as [
          string,
          string,
        ][])),
  ];
}

const leftAlone = ({ byClass, excluded }: PlanView): number =>
  excluded +
  byClass.otherOnly +
  byClass.unexplained +
  byClass.lost +
  byClass.synced +
  byClass.unsupported;

function warnings(texts: readonly string[]): Element[] {
  if (texts.length === 0) return [];
  const more = texts.length - mostWarnings;
  const lines = texts.slice(0, mostWarnings).map((text) => cardText(text, 200));
  if (more > 0) lines.push(`and ${more} more warnings in the report`);
  return [
    { type: 'TextBlock', text: 'Warnings', weight: 'Bolder', wrap: true },
    ...lines.map((text) => ({ type: 'TextBlock', text, wrap: true, color: 'Warning' })),
  ];
}

function actorText({ actors, actor }: Incident): string {
  const all = actors.length > 0 ? actors : actor === null ? [] : [actor];
  const names = all
    .slice(0, 5)
    .map(({ name, kind }) => cardText(name, 60) + (kind === 'user' ? '' : ' (application)'));
  const more = all.length > 5 ? ` and ${all.length - 5} more` : '';
  return names.length === 0 ? 'unknown' : `${names.join(', ')}${more}`;
}

function recoveryText({ recoveryPoint }: Incident): string {
  if (recoveryPoint?.createdDateTime) return recoveryPoint.createdDateTime;
  return 'none; every earlier value comes from an audit row';
}

const givenText = ({ given }: Pick<Standing, 'given'>): string =>
  given.map(({ by, countedAs }) => `${cardText(by.name, 60)} as ${countedAs}`).join(', ') ||
  'nobody';

function unableFacts({ unable = [] }: Incident): (readonly [string, string])[] {
  if (unable.length === 0) return [];
  const named = unable.slice(0, 5).map(({ name, why }) => `${cardText(name, 60)} ${cardText(why)}`);
  const more = unable.length > 5 ? ` and ${unable.length - 5} more` : '';
  return [['Cannot act', `${named.join('; ')}${more}`]];
}

/** Enough to compare by eye with the report; the buttons carry all of it. */
const shortDigest = (digest: string): string => `${digest.slice(0, 15)}…${digest.slice(-8)}`;
