import type { InProcessEngine } from '../../local/host/engine-in-process.js';
import { rehearse } from '../support/playbook.js';
import type { Row } from './row.js';

const sizes = [48, 4_800, 48_000];
/** `SubOrchestrationInstanceCreated` of the durable history. */
const childCreated = 7;
const mostTimers = 2_000;

interface Size {
  readonly events: number;
  readonly bytes: number;
}

interface Histories {
  readonly objects: number;
  readonly parentId: string;
  readonly activities: number;
  readonly parent: Size;
  /** Child orchestrations by id: the largest history each of them ever had at one time. */
  readonly children: ReadonlyMap<string, Size>;
}

/**
 * How the histories of one incident grow with the number of its objects: the whole playbook on real
 * replay, activities scripted. A child that continues as new begins again with an empty history, so its
 * size is the largest of its generations.
 */
export async function run(): Promise<Row[]> {
  const measured: Histories[] = [];
  for (const objects of sizes) measured.push(await measure(objects));

  const rows = measured.flatMap(rowsOf);
  const [, before, after] = measured as [Histories, Histories, Histories];
  const growth = (of: (histories: Histories) => number) => of(after) / of(before);
  const tenfold = 'ten times the objects; 1 is constant, 10 is linear';
  return [
    ...rows,
    {
      name: 'growth of the parent, events',
      value: growth(({ parent }) => parent.events),
      unit: 'x',
      note: tenfold,
    },
    {
      name: 'growth of the parent, bytes',
      value: growth(({ parent }) => parent.bytes),
      unit: 'x',
      note: tenfold,
    },
    {
      name: 'growth of the largest child, events',
      value: growth((histories) => largest(histories).events),
      unit: 'x',
      note: tenfold,
    },
  ];
}

function rowsOf(histories: Histories): Row[] {
  const { objects, activities, parent, children } = histories;
  const name = `${objects.toLocaleString('en')} objects`;
  const child = largest(histories);
  return [
    {
      name: `${name}, parent`,
      value: parent.events,
      unit: 'events',
      note: `${kilobytes(parent)}; ${activities} activities in the whole incident`,
    },
    {
      name: `${name}, largest child`,
      value: child.events,
      unit: 'events',
      note: `${kilobytes(child)}; \`${child.step}\` at its largest, of ${children.size} children`,
    },
  ];
}

const kilobytes = ({ bytes }: Size): string => `${(bytes / 1024).toFixed(1)} KB of JSON`;

function largest({ parentId, children }: Histories): Size & { readonly step: string } {
  const [first, ...rest] = [...children].map(([id, size]) => ({
    ...size,
    step: id.slice(parentId.length + 1),
  }));
  if (first === undefined) throw new Error('there were no children: nothing measured');
  return rest.reduce((most, size) => (size.events > most.events ? size : most), first);
}

async function measure(objects: number): Promise<Histories> {
  const children = new Map<string, Size>();
  const look = (engine: InProcessEngine, parentId: string) => {
    for (const id of childrenOf(engine, parentId)) {
      const [now, before] = [sizeOf(engine, id), children.get(id)];
      if (before === undefined || now.bytes > before.bytes) children.set(id, now);
    }
  };
  const rehearsal = await rehearse({}, { objects, watch: look });
  try {
    await rehearsal.toItsEnd(mostTimers);
    if (rehearsal.outcome() !== 'recovered') {
      throw new Error(`${objects} objects ended ${String(rehearsal.outcome())}: nothing measured`);
    }
    look(rehearsal.engine, rehearsal.id);
    const parent = sizeOf(rehearsal.engine, rehearsal.id);
    return {
      objects,
      parentId: rehearsal.id,
      activities: rehearsal.calls.length,
      parent,
      children,
    };
  } finally {
    rehearsal.engine.close();
  }
}

function childrenOf(engine: InProcessEngine, parentId: string): string[] {
  return engine
    .history(parentId)
    .filter(({ EventType }) => EventType === childCreated)
    .map((event) => String(event['InstanceId']));
}

function sizeOf(engine: InProcessEngine, id: string): Size {
  const history = engine.history(id);
  return { events: history.length, bytes: Buffer.byteLength(JSON.stringify(history)) };
}
