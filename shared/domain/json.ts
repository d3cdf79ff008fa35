/** Anything that survives a JSON round trip unchanged. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value the sources state, or the admission that they do not. Unknown is never written. */
export type Known<T = Json> = { readonly known: true; readonly value: T } | Unknown;
export interface Unknown {
  readonly known: false;
  /** Why nothing may be concluded, in words for people. */
  readonly why: string;
}

export const known = (value: Json): Known => ({ known: true, value });
export const unknown = (why: string): Unknown => ({ known: false, why });
