import { noteSignedIn } from '../commands/local-world.js';
import { isObject } from '../commands/request.js';
import { CommandFailed, UsageError } from '../commands/usage.js';
import { deviceSignInOf, deviceToken } from './device-code.js';
import { expect, print, type IrOptions, type Session } from './session.js';

/** Remembers who speaks from now on; the person's token is asked for anew with each command. */
export async function login(session: Session, options: IrOptions): Promise<number> {
  if (options.device) return loginByDevice(options);
  if (options.as === null) throw new UsageError('--as NAME or --device is missing');
  const control = session.control();
  const people = await control.people();
  if (!people.includes(options.as)) {
    throw new CommandFailed(`there is no such person; there are ${people.join(', ')}`);
  }
  await control.token(options.as);
  noteSignedIn(options.data, { person: options.as });
  print({ person: options.as }, options.json, () => `Signed in as ${options.as ?? ''}.`);
  return 0;
}

/** `login --device`: prints the token for the shell that asks, since none is ever kept. */
async function loginByDevice(options: IrOptions): Promise<number> {
  const { token, expiresOn } = await deviceToken(deviceSignInOf(options, process.env));
  process.stderr.write(`Signed in until ${expiresOn}.\n`);
  print(
    { accessToken: token, expiresOn },
    options.json,
    () => `export ENTRA_REWIND_TOKEN=${token}`,
  );
  return 0;
}

/** Opens an incident by hand; whoever does so is a diagnostician and cannot approve its plan. */
export async function start(session: Session, options: IrOptions): Promise<number> {
  const { actor, target, title, cause, note } = options;
  if (actor === null && target === null) throw new UsageError('--actor or --target is missing');
  const now = Date.now();
  const body = {
    title: title ?? `Suspected damage by ${actor ?? 'an unknown actor'}`,
    ...(actor === null ? {} : { actor: actorOf(actor) }),
    ...(target === null
      ? {}
      : { targets: { objectIds: target.split(',').map((id) => id.trim()) } }),
    window: {
      from: instant(options.from ?? '1h', now),
      ...(options.to === null ? {} : { to: instant(options.to, now) }),
    },
    cause,
    ...(note === null ? {} : { note }),
  };
  const answer = expect(await session.api.post('/incidents', body), 202);
  const id = isObject(answer) ? String(answer['incidentId']) : '';
  print(answer, options.json, () => `Opened ${id}. Follow it with: npm run ir -- watch ${id}`);
  return 0;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const actorOf = (actor: string) =>
  guid.test(actor) ? { userId: actor } : { userPrincipalName: actor };

/** ISO 8601, or so long before `now`: 45m, 2h, 1d. */
export function instant(text: string, now: number): string {
  const ago = /^(\d{1,5})([mhd])$/.exec(text);
  if (ago !== null) {
    const minutes = { m: 1, h: 60, d: 1440 }[ago[2] as 'm' | 'h' | 'd'];
    return new Date(now - Number(ago[1]) * minutes * 60_000).toISOString();
  }
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`"${text.slice(0, 40)}" is no time: ISO 8601, or 45m, 2h, 1d`);
  return new Date(time).toISOString();
}
