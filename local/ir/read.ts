import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { isUndoing } from '../../shared/domain/plan/undo-view.js';
import { drillSummary } from '../commands/drill-summary.js';
import { cleaned, stepLine } from '../commands/steps-view.js';
import { colorsFor } from '../commands/colors.js';
import { createProgress } from '../commands/terminal.js';
import { isObject } from '../commands/request.js';
import {
  expect,
  incidentFor,
  newestIncidents,
  print,
  type IrOptions,
  type Session,
} from './session.js';

const watchPollMs = 1000;
const mostLeft = 10;

export async function list(session: Session, options: IrOptions): Promise<number> {
  const incidents = await newestIncidents(session);
  const line = (incident: Incident): string =>
    `${incident.id}  ${(incident.outcome ?? incident.state).padEnd(20)}  ${incident.openedAt}  ${cleaned(incident.title)}`;
  print(incidents, options.json, () => incidents.map(line).join('\n') || 'No incidents.');
  return 0;
}

export async function show(session: Session, options: IrOptions, id?: string): Promise<number> {
  const incident = await incidentFor(session, id);
  print(incident, options.json, () => shown(incident));
  return 0;
}

/** The plan as JSON, or its first objects as lines; the whole table is `?format=csv` of the API. */
export async function plan(session: Session, options: IrOptions, id?: string): Promise<number> {
  const incident = await incidentFor(session, id);
  const answer = expect(await session.api.get(`/incidents/${incident.id}/plan`), 200);
  print(answer, options.json, () => planLines(answer).join('\n'));
  return 0;
}

/** Follows an incident until it is closed, and its undo where one was asked for. */
export async function watch(session: Session, options: IrOptions, id?: string): Promise<number> {
  const view = createProgress(process.stderr);
  let incident = await incidentFor(session, id);
  view.say(`${incident.id}  ${cleaned(incident.title)}`);
  try {
    for (let [question, undone] = ['', '']; ;) {
      view.show(incident);
      const told = undoText(incident) ?? '';
      if (told !== undone) view.say(told);
      undone = told;
      const asked = (incident.waitingFor ?? incident.undo?.waitingFor)?.question ?? '';
      if (asked !== '' && asked !== question) view.say(`Waiting: ${cleaned(asked)}`);
      question = asked;
      if (incident.state === 'closed' && !isUndoing(incident)) break;
      await sleep(watchPollMs);
      incident = await session.api.incident(incident.id);
    }
  } finally {
    view.end();
  }
  const closed = incident;
  print(closed, options.json, () => `Closed: ${closed.outcome ?? ''}`);
  return 0;
}

function shown(incident: Incident): string {
  const colors = colorsFor(process.stdout);
  const steps = incident.steps.map((step, index) => stepLine(step, index + 1, Date.now(), colors));
  const waits = [incident.waitingFor, incident.undo?.waitingFor ?? null].flatMap((waiting) =>
    waiting === null ? [] : ['', `Waiting: ${cleaned(waiting.question)}`],
  );
  const undone = undoText(incident);
  return [
    drillSummary(incident, null, colors),
    '',
    ...steps,
    ...(undone === null ? [] : ['', undone]),
    ...waits,
    ...leftLines(incident),
  ].join('\n');
}

function undoText({ undo }: Incident): string | null {
  if (undo === null) return null;
  return `Undo: ${undo.outcome ?? undo.state}. ${cleaned(undo.summary)}`;
}

/** What people still have to do; the report has all of it. */
function leftLines({ residual, tasks }: Incident): string[] {
  const all = [
    ...tasks.map(({ text, command }) => [text, command ?? '']),
    ...residual.map(({ name, objectId, what, todo }) => [
      `${name ?? ''} ${objectId}: ${what}`.trim(),
      todo,
    ]),
  ];
  if (all.length === 0) return [];
  const lines = all
    .slice(0, mostLeft)
    .flatMap(([what = '', todo = '']) => [`- ${cleaned(what)}`, `  ${cleaned(todo)}`]);
  const more = all.length > mostLeft ? [`and ${all.length - mostLeft} more in the report`] : [];
  return ['', 'Left to people:', ...lines, ...more];
}

function planLines(answer: unknown): string[] {
  const items = isObject(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
  return items.filter(isObject).flatMap((item) => {
    const deltas = Array.isArray(item['deltas']) ? item['deltas'].filter(isObject) : [];
    return deltas.map((delta) =>
      cleaned(
        [
          String(item['objectId']),
          String(delta['class']).padEnd(12),
          (typeof delta['action'] === 'string' ? delta['action'] : 'leave').padEnd(12),
          `${String(delta['property'])}: ${value(delta['now'])} -> ${value(delta['then'])}`,
          String(item['displayName']),
        ].join('  '),
      ),
    );
  });
}

const value = (known: unknown): string =>
  isObject(known) && known['known'] === true
    ? JSON.stringify(known['value']).slice(0, 40)
    : 'unknown';
