/**
 * Previews one synthetic incident in a process of its own, so that its memory can be told. Arguments:
 * how many differences, and `floor` to measure the floor as well. One line of JSON on stdout.
 */
import { measurePlan } from './plan-measure.js';

const [deltas, floor] = process.argv.slice(2);
const report = await measurePlan(Number(deltas), floor === 'floor');
process.stdout.write(`${JSON.stringify(report)}\n`);
