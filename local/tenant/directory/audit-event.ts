import type { Initiator, Json, Properties } from './model.js';

/** One row of the audit trail, before it takes the dress of Graph or of Log Analytics. */
export interface AuditEvent {
  readonly id: string;
  readonly at: number;
  /** 100 ns steps below the millisecond, 0 to 9999. */
  readonly ticks: number;
  readonly category: string;
  readonly activity: string;
  readonly operationType: string;
  readonly service: string;
  readonly result: 'success' | 'failure';
  readonly resultReason: string;
  readonly correlationId: string;
  readonly by: Initiator;
  readonly targets: readonly AuditTarget[];
  /** When each of the two places shows the row. */
  graphAt: number;
  logsAt: number;
  /** A second copy in Log Analytics, as exports now and then have one. */
  readonly duplicateAt: number | null;
}

export interface AuditTarget {
  readonly id: string;
  readonly displayName: string | null;
  readonly type:
    | 'User'
    | 'Group'
    | 'Application'
    | 'ServicePrincipal'
    | 'Role'
    | 'Policy'
    | 'Directory'
    | 'Other';
  readonly userPrincipalName?: string;
  readonly groupType?: string;
  readonly modified: readonly ModifiedProperty[];
}

export interface ModifiedProperty {
  readonly displayName: string;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

/** What is left for the trail to add: identity, time and when it becomes visible. */
export type AuditDraft = Pick<
  AuditEvent,
  'category' | 'activity' | 'operationType' | 'by' | 'targets'
> &
  Partial<Pick<AuditEvent, 'service' | 'result' | 'resultReason' | 'correlationId'>> & {
    /** A second row that tells the same change again, with the same correlation id. */
    readonly again?: AuditDraft;
  };

/** The directory's own encoding: a JSON array as text; `[]` means explicitly no value (D.2). */
export function arrayValue(value: Json): string {
  if (value === null || value === '') return '[]';
  return JSON.stringify(Array.isArray(value) ? value : [value]);
}

/** The other encoding: one JSON string, in quotes, inside the text (D.2). */
export function quotedValue(value: string | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** A directory attribute before and after, under the name the audit trail uses for it. */
export function attribute(name: string, before: Json, after: Json): ModifiedProperty {
  return { displayName: name, oldValue: arrayValue(before), newValue: arrayValue(after) };
}

/** A fact told as new text only, such as the pseudo-properties. */
export function told(name: string, value: string | null): ModifiedProperty {
  return { displayName: name, oldValue: null, newValue: quotedValue(value) };
}

/** The same, told as old text only: what a removal removes. */
export function untold(name: string, value: string | null): ModifiedProperty {
  return { displayName: name, oldValue: quotedValue(value), newValue: null };
}

/** The pseudo-properties that follow the attributes of every update (D.2). */
export function updatedList(names: readonly string[], properties?: Properties): ModifiedProperty[] {
  const userType = properties?.['userType'];
  return [
    told('Included Updated Properties', names.join(', ')),
    ...(typeof userType === 'string' ? [told('TargetId.UserType', userType)] : []),
  ];
}
