import type { Incident } from '../../shared/domain/incident/incident.js';
import { createApi, remembered, type Api } from '../commands/api.js';
import { createControl, type Control } from '../commands/control.js';
import { readAddresses, readSignedIn } from '../commands/local-world.js';
import type { OptionValues } from '../commands/options.js';
import { deviceSignInOf, deviceToken } from './device-code.js';
import { isObject, problemOf, type Answer } from '../commands/request.js';
import { CommandFailed, UsageError } from '../commands/usage.js';

export type IrOptions = OptionValues<
  | ('as' | 'token' | 'url' | 'control' | 'data' | 'json')
  | ('status' | 'prefix' | 'top')
  | ('title' | 'actor' | 'target' | 'from' | 'to' | 'cause' | 'note' | 'comment')
  | ('lines' | 'exclude' | 'include' | 'choose' | 'point' | 'by' | 'keep')
  | ('device' | 'tenant-id' | 'client-id' | 'audience')
>;

export interface Session {
  readonly api: Api;
  /** The simulated tenant's control server; throws UsageError when none is known. */
  readonly control: () => Control;
}

/** Addresses from the options, else as `npm start` noted them in DATA. No token is ever kept. */
export function openSession(options: IrOptions): Session {
  const noted = readAddresses(options.data);
  const control = (): Control => {
    const url = options.control ?? loopbackOnly(process.env['LOCAL_CONTROL'] ?? noted.control);
    if (url !== null) return createControl(url);
    throw new UsageError('no simulated tenant is known: run npm start, or name one with --control');
  };
  const given = options.token ?? process.env['ENTRA_REWIND_TOKEN'];
  const issue = async (claims: string | null): Promise<string> => {
    if (given !== undefined) {
      if (claims === null) return given;
      throw new CommandFailed(
        'a stronger sign-in is asked for, which a given token cannot become: use --device or --as NAME',
      );
    }
    if (options.device) {
      return (await deviceToken(deviceSignInOf(options, process.env), claims)).token;
    }
    const person = options.as ?? readSignedIn(options.data);
    if (person === null)
      throw new UsageError('nobody is signed in: ir login --as NAME, --device, or --token');
    return control().token(person, claims);
  };
  const url = options.url ?? noted.url ?? 'http://127.0.0.1:7071';
  if (!URL.canParse(url)) throw new UsageError('--url: not an address');
  return { api: createApi(url, remembered(issue)), control };
}

/** The incident that ID names, or the newest. */
export async function incidentFor(session: Session, id: string | undefined): Promise<Incident> {
  if (id !== undefined) return session.api.incident(id);
  const [newest] = await newestIncidents(session);
  if (newest === undefined) throw new CommandFailed('there is no incident yet');
  return session.api.incident(newest.id);
}

export async function newestIncidents(session: Session): Promise<readonly Incident[]> {
  const answer = expect(await session.api.get('/incidents'), 200);
  return isObject(answer) && Array.isArray(answer['items']) ? (answer['items'] as Incident[]) : [];
}

/** The body of an answer with this status. Throws CommandFailed with the problem's code and words. */
export function expect(answer: Answer, status: number): unknown {
  if (answer.status === status) return answer.body;
  const code = isObject(answer.body) ? String(answer.body['code']) : '';
  const advice = Object.hasOwn(whatToDo, code) ? ` ${whatToDo[code] ?? ''}` : '';
  throw new CommandFailed(`${problemOf(answer)}${advice}`);
}

/** What helps, where the problem's own words do not say it already. */
const whatToDo: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Sign in again: ir login --as NAME, --device, or a new --token.',
  NOT_PERMITTED: 'Ask for the role, or sign in as somebody who has it.',
  DECIDER_IS_ACTOR: 'Somebody else of the policy has to decide.',
  DECIDER_IS_DIAGNOSTICIAN: 'Somebody else of the policy has to decide.',
  DECIDER_NOT_PINNED: 'The policy names who may: people.operators, approvers, commanders.',
  PLAN_SUPERSEDED: 'Look at it with ir show and ir plan, then decide again.',
  NOT_AWAITING_APPROVAL: 'ir show says what it waits for.',
  APPROVAL_EXPIRED: 'Open a new incident when the damage is still there.',
  INCIDENT_NOT_FOUND: 'ir list names the incidents.',
  INCIDENT_NOT_CLOSED: 'ir watch follows it to its end.',
};

export function print(value: unknown, json: boolean, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`);
}

function loopbackOnly(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname) ? url : null;
}
