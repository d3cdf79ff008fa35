/** A promise that was not kept: which of safety.md's invariants, and what was seen. */
export interface Finding {
  readonly invariant: string;
  readonly what: string;
}
