/**
 * One life of the embedded host's engine in a process of its own, so that its memory can be told:
 * completes 100,000 instances of one activity each and prints the resident memory after 20,000 and at
 * the end as JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { OrchestrationContext } from 'durable-functions';
import { createInProcessEngine } from '../../local/host/engine-in-process.js';

const early = 20_000;
const late = 100_000;
const together = 1_000;

const folder = mkdtempSync(path.join(os.tmpdir(), 'host-memory-'));
const engine = createInProcessEngine({
  orchestrations: {
    *chain({ df }: OrchestrationContext) {
      return (yield df.callActivity('increment', { value: 1 })) as unknown;
    },
  },
  activities: { increment: ({ value }: { value: number }) => ({ value: value + 1 }) },
  store: path.join(folder, 'durable.db'),
});

const resident = new Map<number, number>();
const started = performance.now();
for (let done = together; done <= late; done += together) {
  await Promise.all(Array.from({ length: together }, () => engine.start('chain', {})));
  await engine.runUntilIdle();
  if (done === early || done === late) resident.set(done, process.memoryUsage.rss());
}
const seconds = (performance.now() - started) / 1_000;
engine.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(
  JSON.stringify({
    early,
    late,
    seconds,
    atEarly: resident.get(early),
    atLate: resident.get(late),
  }),
);
