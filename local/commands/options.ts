import { UsageError } from './usage.js';

/** One option of the command line; `label` is null for a switch. */
interface Option<T> {
  readonly label: string | null;
  readonly help: string;
  readonly fallback: T;
  /** Throws UsageError for a bad value. */
  readonly read: (text: string) => T;
}

const executors = ['auto', 'surgical', 'native', 'handOff'] as const;

/** Every option there is, the same everywhere it makes sense (contract section 1). */
export const optionTable = {
  port: number('N', 7071, 0, 65_535, 'port of the function app; 0 = any free one'),
  'tenant-port': number('N', 8443, 0, 65_535, 'port of the simulated tenant; 0 = any free one'),
  data: text('DIR', '.data', 'folder for everything that is kept'),
  scenario: text('NAME', 'bulk-disable', 'what happened in the tenant'),
  seed: number('N', 1, 0, 2 ** 31 - 1, 'fixes the simulated tenant; the incident is new each time'),
  seeds: number('N', 1000, 1, 10_000_000, 'how many incidents, one per seed'),
  users: number('N', 4800, 1, 200_000, "objects that the scenario's actor damages"),
  speed: number('N', 60, 1, 100_000, 'divides simulated latencies, quota windows and waits'),
  executor: choice(executors, 'auto', 'who writes the repairs'),
  undo: toggle(
    'undoes the recovery afterwards and compares the tenant with before; auto then means surgical',
  ),
  session: toggle(
    'the operator lends a session while the approval is awaited; nobody decides before the plan was checked against the recovery point',
  ),
  json: toggle('the result as JSON alone on stdout, everything else on stderr'),
  'settings-file': optional('FILE', 'settings as KEY=VALUE lines'),
  head: optional('HASH', 'hash the record must end with'),
  as: optional('NAME', 'person of the simulated tenant to sign in as'),
  token: optional(
    'TOKEN',
    'access token for the API; ENTRA_REWIND_TOKEN does not show in process lists',
  ),
  url: optional('URL', 'address of the function app; default: the one that npm start noted'),
  control: optional('URL', 'LOCAL_CONTROL of the simulated tenant; default likewise'),
  title: optional('TEXT', 'what the incident is called'),
  actor: optional('WHO', 'object id or user principal name of the suspected actor'),
  target: optional('IDS', 'object ids that were damaged, separated by commas'),
  from: optional('TIME', 'start of the window: ISO 8601, or 45m, 2h, 1d ago'),
  to: optional('TIME', 'end of the window, the same forms; default now'),
  cause: choice(['accidental', 'malicious', 'unknown'] as const, 'unknown', 'what is suspected'),
  status: optional('LIST', 'only instances with one of these states: Running,Failed,…'),
  prefix: optional('TEXT', 'only instances whose id begins with this'),
  top: number('N', 100, 1, 100_000, 'how many at most'),
  comment: optional('TEXT', 'kept with the decision'),
  lines: optional('LIST', 'lines approved by name: created,softDelete,policies,lockout'),
  exclude: optional('IDS', 'objects to leave out of the plan, separated by commas'),
  include: optional('IDS', 'objects to take into the plan'),
  choose: optional('LIST', 'what becomes of conflicts: ID=reconcile|skip|handOver,…'),
  point: optional('ID', 'another recovery point'),
  by: optional('EXECUTOR', 'another executor: auto, surgical, native or handOff'),
  keep: toggle('keep the identity contained instead of releasing it'),
  device: toggle('sign in at the real tenant by device code'),
  'tenant-id': optional('GUID', 'tenant of the sign-in; default TENANT_ID'),
  'client-id': optional('GUID', 'public client of the sign-in; default CONSOLE_CLIENT_ID'),
  audience: optional('GUID', 'application id of the API; default API_AUDIENCE'),
  note: optional('TEXT', 'kept with the incident'),
} as const satisfies Record<string, Option<unknown>>;

export type OptionName = keyof typeof optionTable;

export type OptionValues<N extends OptionName> = {
  readonly [K in N]: ReturnType<(typeof optionTable)[K]['read']>;
};

function number(label: string, fallback: number, min: number, max: number, help: string) {
  const read = (value: string): number => {
    if (/^\d{1,10}$/.test(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    throw new UsageError(`"${printable(value)}" is no whole number from ${min} to ${max}`);
  };
  return { label, help, fallback, read };
}

function text(label: string, fallback: string, help: string) {
  return { label, help, fallback, read: notEmpty };
}

function optional(label: string, help: string) {
  const read = (value: string): string | null => notEmpty(value);
  return { label, help, fallback: null, read };
}

function choice<const T extends string>(values: readonly T[], fallback: T, help: string) {
  const read = (value: string): T => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw new UsageError(`"${printable(value)}" is none of ${values.join(', ')}`);
  };
  return { label: values.join('|'), help, fallback, read };
}

function toggle(help: string) {
  return { label: null, help, fallback: false, read: (value: string): boolean => value === 'true' };
}

function notEmpty(value: string): string {
  if (value.trim() === '') throw new UsageError('the value is empty');
  return value;
}

/** Keeps control characters of a mistyped value out of the one line that reports it. */
export const printable = (value: string): string =>
  value.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 60);
