/** One line of the preflight (`GET /readiness`): what was looked at now, what was seen, what to do. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'unknown';
  /** What was seen, without secrets. */
  readonly evidence: string;
  /** What a person does about it; empty when there is nothing to do. */
  readonly todo: string;
}
