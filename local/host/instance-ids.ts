import { randomBytes } from 'node:crypto';
import { HostError } from './host-error.js';

/** An id as the real service makes them: 32 hexadecimal digits. */
export const newId = (): string => randomBytes(16).toString('hex');

/** A refusal that a caller caused: the text and the .NET type that the real service answers with. */
export class RequestError extends HostError {
  readonly status: number;
  readonly summary: string;
  readonly type: string;

  constructor(status: number, summary: string, message: string, type: string) {
    super(message);
    this.status = status;
    this.summary = summary;
    this.type = type;
  }
}

export const badArgument = (message: string): RequestError =>
  new RequestError(
    400,
    'One or more of the arguments submitted is incorrect',
    message,
    'System.ArgumentException',
  );

/** @throws RequestError for the ids that the real service refuses. */
export function checkInstanceId(id: string): void {
  if (id.startsWith('@'))
    throw badArgument(`instanceId (Parameter 'Orchestration instance ids must not start with @.')`);
  // eslint-disable-next-line no-control-regex
  if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(id))
    throw badArgument(
      `instanceId (Parameter 'Orchestration instance ids must not contain /, \\, #, ?, or control characters.')`,
    );
  if (id.length > 256) throw badArgument('Instance ID lengths must not exceed 256 characters.');
}
