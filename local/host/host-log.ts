/** What a line is about. */
export interface Correlation {
  readonly functionName?: string;
  readonly invocationId?: string;
  /** The orchestration instance; our playbook's is the incident. */
  readonly instanceId?: string;
}

export type HostLog = (
  level: string,
  category: string,
  message: string,
  about?: Correlation,
) => void;

export type LogFormat = 'text' | 'json';

/** HOST_LOG_FORMAT, else words for a person at a terminal and JSON for everything else. */
export function logFormat(
  env: Readonly<Record<string, string | undefined>> = process.env,
  isTTY = process.stderr.isTTY,
): LogFormat {
  const asked = env['HOST_LOG_FORMAT'];
  if (asked === 'text' || asked === 'json') return asked;
  return isTTY ? 'text' : 'json';
}

/** Lines of the host and of the app's functions; what is below information is left out. */
export function createHostLog(write: (line: string) => void, format: LogFormat): HostLog {
  return (level, category, message, about = {}) => {
    if (level === 'debug' || level === 'trace') return;
    if (format === 'text') {
      const id = about.instanceId === undefined ? '' : ` [${about.instanceId}]`;
      write(`${level} ${category}${id} ${message}`);
      return;
    }
    write(JSON.stringify({ at: new Date().toISOString(), level, category, ...about, message }));
  };
}
