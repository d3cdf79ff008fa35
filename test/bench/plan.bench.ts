import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PlanRun } from './plan-measure.js';
import type { Row } from './row.js';

const small = 100_000;
const large = 1_000_000;
const target = { seconds: 10, megabytes: 512 };

/** What it costs to say of every difference whose it is, and whether that stays linear. */
export async function run(): Promise<Row[]> {
  const of = await preview(small, 'floor');
  const tenfold = await preview(large, 'noFloor');
  const name = `attribution with 20 % mixed objects: ${of.deltas.toLocaleString('en')} differences, ${of.events.toLocaleString('en')} audit events`;
  const streamed = 'the real activity, chunks of 500 objects, 20 % of the objects mixed';
  return [
    {
      name,
      value: of.seconds,
      unit: 's',
      note: `${streamed}; target under ${target.seconds} s`,
    },
    {
      name: `${name}, CPU`,
      value: of.cpuSeconds,
      unit: 's',
      note: 'of all its threads; the line above also waits for its turn on a busy machine',
    },
    {
      name: `${name}, memory`,
      value: megabytes(of),
      unit: 'MB',
      note: `peak resident set of the process; target under ${target.megabytes} MB`,
    },
    {
      name: 'memory for 1,000,000 deltas',
      value: megabytes(tenfold),
      unit: 'MB',
      note: 'a stream: no more than the line above, give or take the collector',
    },
    {
      name: 'ten times as many, time',
      value: tenfold.cpuSeconds / of.cpuSeconds,
      unit: 'x',
      note: 'CPU time 1,000,000 : 100,000; 10 is linear',
    },
    {
      name: 'over the floor',
      value: of.cpuSeconds / of.movingCpuSeconds,
      unit: 'x',
      note: 'CPU time over parsing, canonical text and hash of the same lines alone',
    },
  ];
}

const megabytes = ({ peakBytes }: PlanRun): number => peakBytes / 2 ** 20;

async function preview(deltas: number, floor: 'floor' | 'noFloor'): Promise<PlanRun> {
  const program = path.join(import.meta.dirname, `plan-run${path.extname(import.meta.filename)}`);
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings',
    program,
    String(deltas),
    floor,
  ]);
  return JSON.parse(stdout) as PlanRun;
}
