import { incidentIdForm } from '../../shared/domain/incident/incident.js';
import { defineCommand, type Run } from '../commands/define-command.js';
import { UsageError } from '../commands/usage.js';
import { decide } from './decide.js';
import { history } from './history.js';
import { instances } from './instances.js';
import { cancel, hold, lend, note, release, resume, undo } from './marks.js';
import { list, plan, show, watch } from './read.js';
import { revise } from './revise.js';
import { openSession, type IrOptions, type Session } from './session.js';
import { login, start } from './start.js';

type Verb = (session: Session, options: IrOptions, id: string | undefined) => Promise<number>;

const verbs: Readonly<Record<string, Verb>> = {
  login,
  start,
  list,
  show,
  plan,
  approve: (session, options, id) => decide(session, options, id, 'approve'),
  reject: (session, options, id) => decide(session, options, id, 'reject'),
  cancel,
  hold,
  resume,
  lend,
  revise,
  note,
  release,
  undo,
  watch,
};

type Look = (options: IrOptions, id: string | undefined) => number;

/** These read the embedded host's state in DATA and need neither a running app nor a sign-in. */
const looks: Readonly<Record<string, Look>> = { instances, history };

/** `npm run ir`: incidents from the terminal over the HTTP API, and the state of the embedded host. */
export const run: Run = defineCommand(
  {
    name: 'ir',
    summary:
      `COMMAND is one of ${Object.keys(verbs).join(', ')}. Without ID the newest incident is meant.\n` +
      `${Object.keys(looks).join(' and ')} ID read the embedded host's state in DATA, running or not.\n` +
      'Signs in as a person of the simulated tenant (login --as NAME, or --as NAME with any command),\n' +
      'by device code (--device), or with --token.',
    operands: ['COMMAND', '[ID]'],
    options: [
      ...(['as', 'token', 'url', 'control', 'data', 'json'] as const),
      ...(['status', 'prefix', 'top'] as const),
      ...(['title', 'actor', 'target', 'from', 'to', 'cause', 'note', 'comment'] as const),
      ...(['lines', 'exclude', 'include', 'choose', 'point', 'by', 'keep'] as const),
      ...(['device', 'tenant-id', 'client-id', 'audience'] as const),
    ],
  },
  async (options, [name = '', id]) => {
    const look = Object.hasOwn(looks, name) ? looks[name] : undefined;
    if (look !== undefined) return look(options, id);
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined) {
      throw new UsageError(
        `COMMAND is one of ${[...Object.keys(verbs), ...Object.keys(looks)].join(', ')}`,
      );
    }
    if (id !== undefined && !incidentIdForm.test(id)) {
      throw new UsageError('ID is no incident id');
    }
    return verb(openSession(options), options, id);
  },
);
