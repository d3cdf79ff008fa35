/** A reason why the host cannot start or go on, worded for the person who runs it. */
export class HostError extends Error {
  override readonly name = 'HostError';
}
