import type { Incident } from '../../domain/incident/incident.js';
import type { RecordEntry } from '../../domain/record.js';
import type { ReportExtras } from '../../ports/report.js';
import {
  between,
  facts,
  instant,
  list,
  text,
  type Block,
  type Document,
  type Section,
} from './blocks.js';
import { forecastSections, undoSections } from './forecast-sections.js';
import { afterwards, outcomeOfIncident, stepTitles } from './meanings.js';
import {
  approvalSection,
  executionSection,
  planSection,
  verificationSection,
} from './plan-sections.js';
import { recordSection, timelineSection } from './record-sections.js';

const residualRows = 200;

/** When and for which tenant the report was made. */
export interface ReportFrame {
  readonly tenantId: string;
  readonly generatedAt: string;
}

/** Everything the report says, in the order of the playbook. */
export function reportDocument(
  incident: Incident,
  entries: readonly RecordEntry[],
  extras: ReportExtras & ReportFrame,
): Document {
  const [words, tone] = outcomeOfIncident(incident);
  return {
    title: incident.title,
    subtitle: words,
    badge: { text: incident.outcome ?? incident.state, tone },
    sections: [
      summarySection(incident, extras),
      stepsSection(incident),
      actorSection(incident),
      scopeSection(incident),
      planSection(incident, extras.examples ?? []),
      ...forecastSections(incident),
      approvalSection(incident, extras.ledger ?? null),
      executionSection(incident),
      verificationSection(incident),
      ...undoSections(incident),
      peopleSection(incident),
      { title: 'After the incident', blocks: [list(afterwards(incident))] },
      timelineSection(entries),
      recordSection(incident, entries),
    ],
    footer: `Entra Rewind, ${instant(extras.generatedAt)}. Names in this report are shown as the tenant holds them.`,
  };
}

function summarySection(incident: Incident, { tenantId }: ReportFrame): Section {
  return {
    title: 'Summary',
    blocks: [
      facts([
        ['Incident', incident.id],
        ['Tenant', tenantId],
        ['Raised by', incident.source],
        ['Suspected cause', incident.cause],
        ['Window', `${instant(incident.window.from)} to ${instant(incident.window.to)}`],
        ['Opened', instant(incident.openedAt)],
        ['Closed', instant(incident.closedAt)],
        ['Took', between(incident.openedAt, incident.closedAt)],
        ['Policy', incident.policyDigest],
        ...(incident.labels.length === 0 ? [] : [['Labels', incident.labels.join(', ')] as const]),
      ]),
    ],
  };
}

function stepsSection({ steps, openedAt }: Incident): Section {
  const start = Date.parse(openedAt);
  const spans = steps.flatMap(({ name, startedAt, endedAt, state }) =>
    startedAt === null || endedAt === null
      ? []
      : [
          {
            label: stepTitles[name],
            from: Math.max(0, Date.parse(startedAt) - start),
            to: Math.max(0, Date.parse(endedAt) - start),
            state,
          },
        ],
  );
  return {
    title: 'The seven steps',
    blocks: [
      { kind: 'spans', spans },
      {
        kind: 'table',
        table: {
          head: ['Step', 'State', 'Started', 'Took', 'What happened'],
          times: [2],
          rows: steps.map((step) => [
            stepTitles[step.name],
            step.state,
            instant(step.startedAt),
            between(step.startedAt, step.endedAt),
            step.summary,
          ]),
        },
      },
    ],
  };
}

function actorSection({ actors }: Incident): Section {
  if (actors.length === 0) {
    return { title: 'Actors and containment', blocks: [text('No actor was identified.')] };
  }
  return {
    title: 'Actors and containment',
    blocks: [
      {
        kind: 'table',
        table: {
          head: ['Actor', 'Kind', 'Object id', 'Containment', 'Proven'],
          rows: actors.map((actor) => [
            actor.name,
            actor.kind,
            actor.id,
            actor.containment,
            instant(actor.provenAt),
          ]),
          codes: [2],
          times: [4],
        },
      },
      text(
        'Containment revokes sessions and disables the identity. An access token that was already issued may live on ' +
          'for 60 to 90 minutes, up to 24 hours for a managed identity; writes in that time are in the scope.',
      ),
    ],
  };
}

const notChecked =
  'No plan was checked against what the recovery point itself holds; that takes an operator session before the execution.';

/** Without a snapshot there was nothing to ask, which the reason for the point has said. */
function checkLine(summary: string | undefined, pointId: string | null): Block[] {
  if (summary !== undefined) return [text(summary)];
  return pointId === null ? [] : [text(notChecked)];
}

function scopeSection({ scope, recoveryPoint, pointCheck }: Incident): Section {
  const point =
    recoveryPoint === null
      ? [text('No recovery point was chosen.')]
      : [
          facts([
            ['Recovery point', instant(recoveryPoint.createdDateTime)],
            [
              'Gap',
              recoveryPoint.gapSeconds === null
                ? '–'
                : `${(recoveryPoint.gapSeconds / 3600).toFixed(1)} h before the first bad change`,
            ],
            ['Backup kept until', instant(recoveryPoint.expiresAt)],
            ['Why this one', recoveryPoint.reason],
            [
              'Others',
              recoveryPoint.alternatives
                .map((other) => instant(other.createdDateTime))
                .join(', ') || 'none',
            ],
          ]),
          text(
            'Values are put back to what they were just before the actor first wrote them, as the audit trail has it; ' +
              'legitimate changes between the recovery point and that moment are kept.',
          ),
          ...checkLine(pointCheck?.summary, recoveryPoint.id),
        ];
  return {
    title: 'Scope and recovery point',
    blocks: [
      facts([
        ['Objects the actor changed', String(scope.objects)],
        ['Changes', String(scope.changes)],
        [
          'Sweeps of the audit trail',
          `${scope.sweeps}${scope.settled ? ', settled' : ', not settled'}`,
        ],
        ['Scope digest', scope.digest ?? '–'],
      ]),
      ...point,
    ],
  };
}

function peopleSection({ residual, tasks, warnings }: Incident): Section {
  const rows = residual.map(({ kind, name, objectId, what, todo }) => [
    kind,
    name ?? '',
    objectId,
    what,
    todo,
  ]);
  return {
    title: 'Left to people',
    blocks: [
      ...(residual.length === 0
        ? [text('Nothing was left over.')]
        : [
            {
              kind: 'table' as const,
              table: {
                head: ['Kind', 'Object', 'Object id', 'What', 'To do'],
                rows: rows.slice(0, residualRows),
                codes: [2],
                commands: [4],
              },
            },
          ]),
      ...(rows.length > residualRows
        ? [text(`${rows.length - residualRows} more are in the plan's table (CSV).`)]
        : []),
      ...tasks.flatMap(({ at, text: task, command }) => [
        text(`Task, ${instant(at)}: ${task}`),
        ...(command === null ? [] : [{ kind: 'command' as const, text: command }]),
      ]),
      ...(warnings.length === 0 ? [] : [{ kind: 'warnings' as const, items: warnings }]),
    ],
  };
}
