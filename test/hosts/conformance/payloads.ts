import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What one invocation was handed, with everything masked that is the run's own. */
type Handed = Record<string, unknown> & { readonly history?: readonly HistoryEvent[] };
type HistoryEvent = Readonly<Record<string, unknown>> & { readonly EventType: number };

/** The recording keeps the beginning of long instances. */
const mostRecorded = 12;

const marks: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<guid>'],
  [/\b[0-9a-f]{32}\b/gi, '<id>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  // The driver's word for its run, at the end of the ids that it chooses.
  [/-[0-9a-z]{8}\b/g, '-<run>'],
  [/(?:\\\\n|\\n|\n)? +at [^"]*?(?="|\\"|$)/g, ' <stack>'],
];

function masked(value: unknown, key = ''): unknown {
  if (key === 'ClientSpanId') return '<span>';
  if (typeof value === 'string')
    return marks.reduce((text, [pattern, word]) => text.replace(pattern, word), value);
  if (Array.isArray(value)) return value.map((item) => masked(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, masked(item, name)]));
}

/** The recorded invocations of one instance of each orchestration, by name. */
export function recordedPayloads(folder: string): Map<string, readonly Handed[]> {
  const names = readdirSync(folder).filter((file) => !/^(activity-|durable-client)/.test(file));
  return new Map(
    names.map((file) => [
      path.basename(file, '.json'),
      (read(path.join(folder, file)) as { got: unknown }[]).map(({ got }) => masked(got) as Handed),
    ]),
  );
}

/** The invocations of every instance of an orchestration, as the app's recorder left them. */
export function ownPayloads(folder: string, name: string): readonly (readonly Handed[])[] {
  const instances = new Map<string, Handed[]>();
  for (const file of readdirSync(folder).sort()) {
    if (file.slice(6, -5) !== name || !/^\d{5}-/.test(file)) continue;
    const { got } = read(path.join(folder, file)) as { got: Record<string, unknown> };
    const id = JSON.stringify(got['instanceId'] ?? got['self']);
    instances.set(id, [...(instances.get(id) ?? []), masked(got) as Handed]);
  }
  return [...instances.values()];
}

/**
 * What an instance was told in the end, whatever came together in one invocation: the events but for
 * the marks of the invocations, in an order of their own.
 */
export function toldInTheEnd(invocations: readonly Handed[]): readonly string[] {
  const last = invocations.at(-1)?.history ?? [];
  return last
    .filter(({ EventType }) => EventType !== 12 && EventType !== 13)
    .map((event) => JSON.stringify({ ...event, IsPlayed: undefined }))
    .sort();
}

/** Where the instance that comes closest leaves what was recorded; null when one never does. */
export function departure(
  recorded: readonly Handed[],
  own: readonly (readonly Handed[])[],
): { readonly recorded: unknown; readonly ours: unknown } | null {
  const lines = recorded.flatMap(linesOf);
  const apart = own.map((instance) => {
    const mine = instance.slice(0, mostRecorded).flatMap(linesOf);
    const at = lines.findIndex((line, index) => line !== mine[index]);
    return { mine, at: at < 0 && mine.length > lines.length ? lines.length : at };
  });
  if (apart.some(({ at }) => at < 0)) return null;
  const [closest] = apart.sort((a, b) => b.at - a.at);
  return { recorded: lines[closest?.at ?? 0], ours: closest?.mine[closest.at] };
}

/** An invocation as one line for the value and one for each event. */
function linesOf({ history = [], ...rest }: Handed): string[] {
  return [JSON.stringify(rest), ...history.map((event) => JSON.stringify(event))];
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
