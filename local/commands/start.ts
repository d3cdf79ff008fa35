import path from 'node:path';
import { scenarioNames } from '../tenant/scenarios/index.js';
import type { Child } from './child.js';
import { defineCommand } from './define-command.js';
import { noteAddresses } from './local-world.js';
import { request } from './request.js';
import { stopRequested } from './stopping.js';
import { colorsFor } from './colors.js';
import { CommandFailed, UsageError } from './usage.js';
import { startWorld, type LocalWorld } from './world.js';

/** `npm start`: the drill's world without its script; people raise the alert and decide. */
export const run = defineCommand(
  {
    name: 'start',
    summary: 'Runs simulated tenant and function app until Ctrl-C, for trying things by hand.',
    options: ['scenario', 'seed', 'users', 'executor', 'speed', 'tenant-port', 'port', 'data'],
  },
  async (options) => {
    if (!scenarioNames.includes(options.scenario)) {
      throw new UsageError(`--scenario: there are ${scenarioNames.join(', ')}`);
    }
    const children: Child[] = [];
    const interrupted = new AbortController();
    const stopped = stopRequested();
    void stopped.then(() => interrupted.abort(new CommandFailed('interrupted')));
    const folder = path.resolve(options.data);
    try {
      const world = await startWorld(
        { ...options, folder, tenantPort: options['tenant-port'] },
        children,
        interrupted.signal,
      );
      noteAddresses(options.data, { url: world.appUrl, control: world.controlUrl });
      process.stdout.write(await welcome(world, options.data));
      await Promise.race([stopped, ...children.map((child) => mustStay(child))]);
    } catch (error) {
      if (!interrupted.signal.aborted) throw error;
    } finally {
      await Promise.all(children.map((child) => child.stop()));
    }
    return 0;
  },
);

async function mustStay(child: Child): Promise<never> {
  await child.exit();
  throw child.failure('ended by itself');
}

/** Addresses, then commands ready to copy: start an incident, watch it, both approvals. */
async function welcome(
  { appUrl, tenantUrl, controlUrl }: LocalWorld,
  data: string,
): Promise<string> {
  const { bold, dim } = colorsFor(process.stdout);
  const post = (route: string, body: string) =>
    `curl -s -X POST ${controlUrl}${route} -H 'content-type: application/json' -d '${body}'`;
  const ir = data === '.data' ? 'npm run ir --' : `npm run ir -- --data ${data}`;
  const console = (await request('GET', new URL('/api/console', appUrl))).status === 200;
  return `
${bold('Function app')}      ${appUrl}/api/health
${console ? `${bold('Console')}           ${appUrl}/api/console\n` : ''}${bold('Simulated tenant')}  ${tenantUrl}
${bold('Its control')}       ${controlUrl}

${dim("1. Let Sentinel's alert open an incident")}
${post('/alert', '{}')}

${dim('2. Follow it')}
${ir} login --as commander
${ir} list
${ir} watch

${dim('3. Approve it twice, in Teams')}
${post('/press', '{"person":"operator","verb":"approve"}')}
${post('/press', '{"person":"approver","verb":"approve"}')}

${dim('   or over the API')}
${ir} approve --as operator
${ir} approve --as approver

${dim('4. See what was done and what is left; take it back once it has closed (approve that too, as above)')}
${ir} show
${ir} undo --as commander
${ir} watch

Ctrl-C stops everything.
`;
}
