/** The caller asked for something that is not there; one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What went wrong is the caller's or the world's to see to, not a bug: one line, exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** What an error says, whatever was thrown. */
export const reasonOf = (error: unknown): string =>
  isError(error) ? error.message : String(error);

/** The system's or Node's code of an error, else what it says. */
export const codeOf = (error: unknown): string =>
  isError(error) && 'code' in error ? String(error.code) : reasonOf(error);

/** True for errors of another realm too, which `instanceof` does not know. */
const isError = (value: unknown): value is Error =>
  typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
