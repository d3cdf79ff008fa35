import type * as df from 'durable-functions';
import { createInProcessEngine } from '../../local/host/engine-in-process.js';
import { playbook } from '../../orchestrations/index.js';
import { tenantJobs } from '../../orchestrations/tenant-jobs.js';
import { tenantJobs as contract } from '../../shared/contracts/catalogue.js';
import type { createCase } from './activity-case.js';

interface CaseEngine {
  /** Beside those of the product. */
  readonly orchestrations: Readonly<Record<string, df.OrchestrationHandler>>;
  readonly crash?: Parameters<typeof createInProcessEngine>[0]['crash'];
}

/** Today's orchestrations on real replay over the real activities of a case, on its clock. */
export function createCaseEngine(
  { handlers, clock }: ReturnType<typeof createCase>,
  { orchestrations, crash }: CaseEngine,
) {
  /** The activities that were called, in order. */
  const calls: string[] = [];
  const engine = createInProcessEngine({
    orchestrations: { ...playbook, ...orchestrations },
    entities: { [contract.name]: tenantJobs },
    activities: Object.fromEntries(
      Object.entries(handlers).map(([name, run]) => [
        name,
        (input: never) => {
          calls.push(name);
          return run(input);
        },
      ]),
    ),
    // The engine counts whole milliseconds.
    clock: {
      now: () => Math.ceil(clock.now()),
      moveTo: (ms) => clock.advance(Math.max(0, ms - clock.now())),
    },
    ...(crash !== undefined && { crash }),
  });
  return { engine, calls };
}
