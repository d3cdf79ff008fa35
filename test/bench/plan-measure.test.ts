import { measurePlan } from './plan-measure.js';

describe('the benchmark of the preview', () => {
  it('measures a preview whose differences all come out in the classes they were made for', async () => {
    const run = await measurePlan(2_000, true);

    expect(run).toMatchObject({ deltas: 2_000, digest: expect.stringMatching(/^[0-9a-f]{64}$/u) });
    expect(run.events).toBeGreaterThan(run.deltas);
    expect(run.cpuSeconds).toBeGreaterThan(0);
    expect(run.movingCpuSeconds).toBeGreaterThan(0);
  });
});
