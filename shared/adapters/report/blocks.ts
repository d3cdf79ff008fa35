/** The report's content, free of any markup; each form of the report escapes it in its own way. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, string])[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'warnings'; readonly items: readonly string[] }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'spans'; readonly spans: readonly Span[] };

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that hold numbers, aligned to the right. */
  readonly numbers?: readonly number[];
  /** Columns that hold ids or hashes. */
  readonly codes?: readonly number[];
  /** Columns that hold instants, which stay on one line. */
  readonly times?: readonly number[];
  /** Columns that hold commands, which must not be cut where they still fit a page. */
  readonly commands?: readonly number[];
}

/** As much of a command as is shown; half a command is worse than none, so it is far more than of a name. */
export const longestCommand = 4000;

/** A stretch of time to be drawn on a common axis, milliseconds since the axis began. */
export interface Span {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly state: string;
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Document {
  readonly title: string;
  readonly subtitle: string;
  readonly badge: { readonly text: string; readonly tone: 'good' | 'warn' | 'bad' };
  readonly sections: readonly Section[];
  readonly footer: string;
}

const longest = 300;

/**
 * Text from outside (names, UPNs, titles are the attacker's to choose) made harmless to read: control,
 * bidirectional and invisible characters become visible, white space is single, the length is bounded.
 */
export function visible(text: string, max = longest): string {
  const shown = text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, named)
    .trim();
  const letters = Array.from(shown);
  return letters.length > max ? `${letters.slice(0, max - 1).join('')}…` : shown;
}

const named = (character: string): string =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

export const text = (content: string): Block => ({ kind: 'text', text: content });
export const facts = (rows: readonly (readonly [string, string])[]): Block => ({
  kind: 'facts',
  rows,
});
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });

/** A table, cut to `max` rows with a line that says how many are missing and where they are. */
export function table(content: Table, max = Infinity, rest = ''): Block[] {
  const { rows } = content;
  if (rows.length <= max) return [{ kind: 'table', table: content }];
  return [
    { kind: 'table', table: { ...content, rows: rows.slice(0, max) } },
    text(`${rows.length - max} more are not shown. ${rest}`.trim()),
  ];
}

/** `2026-11-21 09:44:12 UTC`; a dash for null. */
export const instant = (at: string | null): string =>
  at === null ? '–' : `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

/** `45 s`, `12 min 5 s`, `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function between(from: string | null, to: string | null): string {
  return from === null || to === null ? '–' : duration((Date.parse(to) - Date.parse(from)) / 1000);
}
