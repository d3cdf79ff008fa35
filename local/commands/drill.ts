import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { scenarioNames } from '../tenant/scenarios/index.js';
import { createApi, remembered } from './api.js';
import type { Child } from './child.js';
import { defineCommand } from './define-command.js';
import { drillExitCode } from './drill-result.js';
import { drillSummary } from './drill-summary.js';
import { follow, runCheck, type Following } from './follow.js';
import { createPersons } from './persons/persons.js';
import { isObject } from './request.js';
import { stopRequested } from './stopping.js';
import { colorsFor } from './colors.js';
import { createProgress } from './terminal.js';
import {
  askForUndo,
  isUndone,
  judgeUndo,
  undoEnded,
  undoText,
  type UndoResult,
} from './undo-drill.js';
import { CommandFailed, reasonOf, UsageError } from './usage.js';
import { startWorld, type LocalWorld, type WorldOptions } from './world.js';

/** `npm run drill`: a whole incident, unattended, in a world of its own (contract section 1). */
export const run = defineCommand(
  {
    name: 'drill',
    summary:
      'Rehearses a whole incident: simulated tenant, function app, alert, seven steps, two approvals, report.\n' +
      'Exit code: 0 recovered and verified, 2 ended otherwise as the scenario intends, 1 anything else;\n' +
      'with --undo 1 also when the tenant is not again as it was before the execution.',
    options: [
      ...(['scenario', 'seed', 'users', 'executor', 'speed'] as const),
      ...(['undo', 'session', 'tenant-port', 'port', 'data', 'json'] as const),
    ],
    defaults: { port: 0, 'tenant-port': 0, speed: 120 },
  },
  async (options) => {
    checkScenario(options.scenario);
    const folder = newFolder(options.data);
    const children: Child[] = [];
    const interrupted = new AbortController();
    void stopRequested().then(() => interrupted.abort(new CommandFailed('interrupted')));
    const started = Date.now();

    let incident: Incident;
    let undone: UndoResult | null;
    try {
      const world: WorldOptions = { ...options, folder, tenantPort: options['tenant-port'] };
      const { undo, session } = options;
      const wish = { world: undoable(world, undo), undo, session };
      ({ incident, undone } = await rehearse(wish, children, interrupted.signal));
    } catch (error) {
      await stopAll(children);
      if (interrupted.signal.aborted) throw new CommandFailed(`interrupted; kept in ${folder}`);
      throw new CommandFailed(explain(error, children, folder));
    }
    const seconds = (Date.now() - started) / 1000;
    await stopAll(children);

    const screen = options.json ? process.stderr : process.stdout;
    const facts = { seconds, peakMemoryBytes: peakMemory(children), folder };
    screen.write(`\n${drillSummary(incident, facts, colorsFor(screen))}\n`);
    if (undone !== null) screen.write(`Undo  ${undoText(undone)}\n`);
    const paths = evidencePaths(folder, incident.id);
    process.stderr.write(`Record  ${paths.record}\nReport  ${paths.report}\n`);
    if (options.json) {
      const links = { ...incident.links, ...paths };
      process.stdout.write(`${JSON.stringify({ ...incident, links }, null, 2)}\n`);
    }
    if (undone !== null && !isUndone(undone)) return 1;
    return drillExitCode(incident, options.scenario);
  },
);

/** What the service recovers beyond our own rights could not be undone by us, so it is left to people. */
function undoable(world: WorldOptions, undo: boolean): WorldOptions {
  return undo && world.executor === 'auto' ? { ...world, executor: 'surgical' } : world;
}

interface Rehearsed {
  readonly incident: Incident;
  /** Null when nobody asked for an undo. */
  readonly undone: UndoResult | null;
}

interface Wish {
  readonly world: WorldOptions;
  readonly undo: boolean;
  /** A session is lent before anybody decides. */
  readonly session: boolean;
}

async function rehearse(
  { world: options, undo, session }: Wish,
  children: Child[],
  signal: AbortSignal,
): Promise<Rehearsed> {
  const view = createProgress(process.stderr);
  view.say(
    `Drill ${options.scenario}: ${options.users} objects, seed ${options.seed}, in ${options.folder}`,
  );
  const world = await startWorld(options, children, signal);
  view.say(`Tenant ${world.tenantUrl}, function app ${world.appUrl}`);
  const incidentId = await world.control.alert();
  view.say(`Sentinel's alert opened ${incidentId}`);
  try {
    const go = await following(world, { ...options, session }, incidentId, view, signal);
    const incident = await follow(go);
    if (!undo) return { incident, undone: null };
    view.say('  The commander asked for the undo of the recovery.');
    await askForUndo(go.api, incident);
    const check = runCheck(world.appUrl, options.folder, `${incidentId}-undo`);
    const after = await follow({ ...go, check, ended: undoEnded });
    return { incident: after, undone: await judgeUndo(world.control, after) };
  } finally {
    view.end();
  }
}

async function following(
  { appUrl, control }: LocalWorld,
  options: WorldOptions & Pick<Wish, 'session'>,
  incidentId: string,
  view: ReturnType<typeof createProgress>,
  signal: AbortSignal,
): Promise<Following> {
  const persons = createPersons(control, appUrl, view, options);
  // Emergency access follows it when the commander is among the locked out.
  const reader = (await control.refusalOf('commander')) === null ? 'commander' : 'breakGlass1';
  return {
    api: createApi(
      appUrl,
      remembered(() => control.token(reader)),
    ),
    incidentId,
    seen: (incident) => {
      view.show(incident);
      persons.look(incident);
    },
    check: runCheck(appUrl, options.folder, incidentId),
    // The longest quiet time of the playbook is the audit watch: half an hour, scaled.
    stallMs: 180_000 + (45 * 60_000) / options.speed,
    signal,
  };
}

function checkScenario(scenario: string): void {
  if (scenarioNames.includes(scenario)) return;
  throw new UsageError(
    `--scenario: there is no such scenario; there are ${scenarioNames.join(', ')}`,
  );
}

/** DATA/drills/TIME, not there before. */
function newFolder(data: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const base = path.resolve(data, 'drills', `${time}Z`);
  const free = [base, ...Array.from({ length: 99 }, (_, index) => `${base}-${index + 2}`)].find(
    (folder) => !existsSync(folder),
  );
  if (free === undefined) throw new CommandFailed(`${base} exists`);
  mkdirSync(free, { recursive: true });
  return free;
}

async function stopAll(children: readonly Child[]): Promise<void> {
  for (const child of children.toReversed()) await child.stop();
}

/** One line, then the ends of the logs unless the error already shows one. */
function explain(error: unknown, children: readonly Child[], folder: string): string {
  const message = reasonOf(error);
  if (message.includes('The end of its log')) return message;
  const logs = children
    .map((child) => [child.name, child.tail(12)] as const)
    .filter(([, tail]) => tail !== '')
    .map(([name, tail]) => `The end of the log of ${name}:\n${tail}`);
  return [message, ...logs, `Everything is kept in ${folder}`].join('\n');
}

function peakMemory(children: readonly Child[]): number | null {
  const read = (message: unknown): number | null =>
    isObject(message) && typeof message['peakMemoryBytes'] === 'number'
      ? message['peakMemoryBytes']
      : null;
  return children.map((child) => child.lastMessage(read)).find((bytes) => bytes !== null) ?? null;
}

function evidencePaths(folder: string, incidentId: string) {
  const incident = path.join(folder, 'evidence', 'incidents', incidentId);
  return {
    record: path.join(incident, 'record.jsonl'),
    report: path.join(incident, 'report.html'),
  };
}
