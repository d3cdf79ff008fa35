/** The caller asked for something that is not there; one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What went wrong is the caller's or the world's to see to, not a bug: one line, exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
