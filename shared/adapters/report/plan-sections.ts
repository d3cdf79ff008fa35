import type { Ledger } from '../../domain/approval/approval.js';
import type { Incident, PlanView } from '../../domain/incident/incident.js';
import type { Known } from '../../domain/json.js';
import type { DeltaClass, PlannedObject } from '../../domain/plan/plan.js';
import { duration, facts, instant, table, text, type Block, type Section } from './blocks.js';
import { classMeanings, lineWords, stageWords } from './meanings.js';

const exampleRows = 40;
const refusalRows = 50;

export function planSection({ plan }: Incident, examples: readonly PlannedObject[]): Section {
  const title = 'Plan';
  if (plan === null) return { title, blocks: [text('No plan was made.')] };
  const classes = Object.entries(classMeanings).map(([name, [meaning, treatment]]) => [
    name,
    String(plan.byClass[name as DeltaClass]),
    meaning,
    treatment,
  ]);
  const actions = Object.entries(plan.byAction).filter(([, count]) => count > 0);
  return {
    title,
    blocks: [
      facts([
        ['Version', String(plan.version)],
        ['Digest', plan.digest],
        ['Executor', executorText(plan)],
        ['Objects with an action', String(plan.objects)],
        ['Actions', actions.map(([action, count]) => `${action} ${count}`).join(', ') || 'none'],
        ['Excluded', String(plan.excluded)],
        ['Estimated', duration(plan.etaSeconds)],
        ['Valid until', instant(plan.expiresAt)],
      ]),
      ...orderBlocks(plan),
      ...lineBlocks(plan),
      text(
        'Undo: before each wave the state of its objects is kept. After the end a commander can ask to go back to it ' +
          '(POST /incidents/{id}/undo): every change returns to the value found, what was restored is soft-deleted ' +
          'under its own line, and what others changed since is left alone.',
      ),
      ...table({
        head: ['Class', 'Changes', 'Meaning', 'Treatment'],
        rows: classes,
        numbers: [1],
      }),
      ...(plan.warnings.length === 0 ? [] : [{ kind: 'warnings', items: plan.warnings } as const]),
      ...exampleBlocks(examples),
    ],
  };
}

function executorText({ executor, byExecutor }: PlanView): string {
  const parts = Object.entries(byExecutor ?? {}).filter(([, objects]) => objects > 0);
  if (executor !== 'auto' || parts.length === 0) return executor;
  return `auto: ${parts.map(([name, objects]) => `${name} ${objects}`).join(', ')}`;
}

function orderBlocks({ stages = [] }: PlanView): Block[] {
  const rows = stages.flatMap(({ executor, stage, objects }, index) =>
    stage === null ? [] : [[String(index + 1), executor, stageWords[stage], String(objects)]],
  );
  if (rows.length === 0) return [];
  return [
    text('Carried out in this order:'),
    ...table({ head: ['', 'Executor', 'Stage', 'Objects'], rows, numbers: [0, 3] }),
  ];
}

function lineBlocks({ lines = [], requiredLines = [] }: PlanView): Block[] {
  if (lines.length + requiredLines.length === 0) return [];
  return [
    text(
      'Needs a line of its own: left out unless everybody who must approve named it over HTTP.' +
        (requiredLines.length === 0
          ? ''
          : ` Without ${requiredLines.join(' and ')} nobody's approval counts.`),
    ),
    ...table({
      head: ['Line', 'Lets through', 'Objects'],
      rows: [
        ...lines.map(({ line, objects }) => [line, lineWords[line], String(objects)]),
        ...requiredLines.map((line) => [line, lineWords[line], 'the whole plan']),
      ],
      numbers: [2],
    }),
  ];
}

function exampleBlocks(examples: readonly PlannedObject[]): Block[] {
  const rows = examples.flatMap(({ displayName, objectId, deltas, route }) =>
    deltas.map((delta) => [
      displayName,
      objectId,
      delta.property === '*' ? 'the object itself' : delta.property,
      shown(delta.property, delta.now),
      shown(delta.property, delta.then),
      delta.class,
      delta.action === null ? 'left alone' : `${delta.action} (${route?.executor ?? 'surgical'})`,
      delta.reason,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    text('From the plan:'),
    ...table(
      {
        head: [
          'Object',
          'Object id',
          'Property',
          'Was found',
          'Put back to',
          'Class',
          'Action',
          'Why',
        ],
        rows,
        codes: [1],
      },
      exampleRows,
      'The plan has them all (CSV).',
    ),
  ];
}

function shown(property: string, value: Known): string {
  if (!value.known) return `unknown: ${value.why}`;
  if (typeof value.value !== 'boolean') return JSON.stringify(value.value);
  if (property === '*') return value.value ? 'there' : 'not there';
  if (property.startsWith('memberOf/')) return value.value ? 'member' : 'not a member';
  return String(value.value);
}

export function approvalSection({ approvals, plan }: Incident, ledger: Ledger | null): Section {
  const comments = new Map(
    (ledger?.decisions ?? []).map((decision) => [
      `${decision.by.id}|${decision.at}`,
      decision.comment ?? '',
    ]),
  );
  const given = approvals.given.map(({ by, countedAs, at, via }) => [
    by.name,
    by.id,
    countedAs,
    instant(at),
    via,
    comments.get(`${by.id}|${at}`) ?? '',
  ]);
  const rejections = (ledger?.decisions ?? [])
    .filter(({ decision }) => decision === 'reject')
    .map(({ by, at, via, comment }) => [by.name, by.id, 'reject', instant(at), via, comment ?? '']);
  const refusals = (ledger?.refusals ?? []).map(({ by, at, code, via }) => [
    by.name,
    by.id,
    code,
    instant(at),
    via,
  ]);
  const required = approvals.required.join(' and ') || 'none';
  return {
    title: 'Approvals',
    blocks: [
      text(
        plan === null
          ? 'No approval was asked for.'
          : `Required for ${plan.objects} objects: ${required}. Each approval is for this digest alone, by a person ` +
              'who is neither an actor nor a diagnostician of this incident.',
      ),
      ...(given.length + rejections.length === 0
        ? [text('Nobody decided.')]
        : table({
            head: ['Person', 'Object id', 'Counted as', 'When', 'Through', 'Comment'],
            rows: [...given, ...rejections],
            codes: [1],
          })),
      ...(refusals.length === 0
        ? []
        : [
            text('Attempts that were refused:'),
            ...table(
              {
                head: ['Person', 'Object id', 'Why', 'When', 'Through'],
                rows: refusals,
                codes: [1],
              },
              refusalRows,
            ),
          ]),
    ],
  };
}

export function executionSection({ execution }: Incident): Section {
  const title = 'Execution';
  if (execution === null) return { title, blocks: [text('Nothing was written to the tenant.')] };
  const waves = execution.waves.map((wave) => [
    String(wave.number),
    String(wave.objects),
    String(wave.applied),
    String(wave.skipped),
    String(wave.failed),
    instant(wave.endedAt),
  ]);
  return {
    title,
    blocks: [
      facts([
        ['Executor', execution.executor],
        ['Applied', String(execution.applied)],
        [
          'Skipped',
          `${execution.skipped} (no longer as the actor left them, or already as planned)`,
        ],
        ['Failed', String(execution.failed)],
      ]),
      ...(waves.length === 0
        ? []
        : table({
            head: ['Wave', 'Objects', 'Applied', 'Skipped', 'Failed', 'Ended'],
            rows: waves,
            numbers: [0, 1, 2, 3, 4],
          })),
    ],
  };
}

export function verificationSection({ verification }: Incident): Section {
  const title = 'Verification';
  if (verification === null) return { title, blocks: [text('The tenant was not read back.')] };
  const { verified, mismatched, pending, signIns } = verification;
  return {
    title,
    blocks: [
      facts([
        ['Read back as planned', String(verified)],
        ['Different from the plan', String(mismatched)],
        ['Not yet readable', String(pending)],
        ['Sampled users seen signing in', `${signIns.seen} of ${signIns.sampled}`],
      ]),
    ],
  };
}
