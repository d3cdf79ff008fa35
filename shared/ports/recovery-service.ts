export interface RecoveryPointFact {
  /** Opaque (backup fact sheet 5.2). */
  readonly id: string;
  readonly createdDateTime: string;
}

/** Microsoft Entra Backup and Recovery, read side. */
export interface RecoveryService {
  /** Newest first, de-duplicated by time; empty when there are none; null when it cannot be read, with why. */
  listRecoveryPoints(): Promise<
    | { readonly ok: true; readonly points: readonly RecoveryPointFact[] }
    | { readonly ok: false; readonly why: string }
  >;
}
