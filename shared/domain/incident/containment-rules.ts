import type { ActorKind } from '../identities.js';
import type { Policy } from '../policy.js';

export type Measure =
  | 'revokeSessions'
  | 'disable'
  | 'confirmCompromised'
  | 'removeCredentials'
  | 'removeAppRoles'
  | 'removeDirectoryRoles';

export interface ContainmentQuestion {
  readonly identity: {
    readonly kind: ActorKind;
    readonly id: string;
    /** Published by Microsoft. */
    readonly firstParty: boolean;
    /** An Entra Connect or cloud sync account. */
    readonly directorySync: boolean;
  };
  readonly policy: Policy;
  readonly evidence: {
    /** Rows of the audit trail in the window that this identity wrote. */
    readonly auditRows: number;
    readonly commanderNamed: boolean;
  };
  /** Other identities contained within the last hour, over all incidents. */
  readonly containedLastHour: number;
  readonly ourId: string;
  readonly isProtected: boolean;
}

export interface ContainmentAnswer {
  readonly allowed: readonly Measure[];
  readonly refused: readonly { measure: Measure; code: string; why: string }[];
  /** This identity is never contained, whatever the alert says. */
  readonly neverContained: boolean;
  readonly waitForCommander: boolean;
}

/** Measures that an alert alone may take: they cost a new sign-in and nothing else. */
const onTheAlertAlone: ReadonlySet<Measure> = new Set(['revokeSessions']);

/**
 * Which of the policy's measures may be taken now (safety.md, "containment aimed at the wrong person"):
 * never on ourselves, Microsoft's own, directory sync or protected identities; beyond revoking only with
 * an audit row by this identity in the window or the commander's word; and not more identities an hour
 * than the policy allows without that word.
 */
export function measuresFor(question: ContainmentQuestion): ContainmentAnswer {
  const { identity, policy, evidence } = question;
  const wanted: readonly Measure[] =
    identity.kind === 'user' ? policy.containment.user : policy.containment.servicePrincipal;
  const never = neverReason(question);
  if (never !== null) {
    return {
      allowed: [],
      refused: wanted.map((measure) => ({ measure, code: 'ACTOR_PROTECTED', why: never })),
      neverContained: true,
      waitForCommander: true,
    };
  }
  const overLimit =
    !evidence.commanderNamed && question.containedLastHour >= policy.containment.maxPerHour;
  const proven = evidence.commanderNamed || evidence.auditRows > 0;
  const allowed: Measure[] = [];
  const refused: { measure: Measure; code: string; why: string }[] = [];
  for (const measure of wanted) {
    if (overLimit) {
      const why = `${question.containedLastHour} identities were contained within the last hour already`;
      refused.push({ measure, code: 'NOT_PERMITTED', why });
    } else if (!proven && !onTheAlertAlone.has(measure)) {
      const why = 'no audit row by this identity in the window, and no word of the commander';
      refused.push({ measure, code: 'NOT_PERMITTED', why });
    } else {
      allowed.push(measure);
    }
  }
  return { allowed, refused, neverContained: false, waitForCommander: refused.length > 0 };
}

/** The next measures when an identity still writes although it is contained; empty when none is left. */
export function climb(already: readonly Measure[], kind: ActorKind): Measure[] {
  const ladder: readonly Measure[] =
    kind === 'user'
      ? ['revokeSessions', 'disable', 'removeDirectoryRoles']
      : ['disable', 'removeCredentials', 'removeAppRoles', 'removeDirectoryRoles'];
  return ladder.filter((measure) => !already.includes(measure));
}

/** How long a token that was issued before may live on (graph fact sheet A.4, A.5), for people. */
export function accessTokenWarning(kind: ActorKind): string {
  return kind === 'user'
    ? 'Access tokens issued before may work for 60 to 90 minutes at resources without continuous access evaluation.'
    : 'App-only tokens issued before work for 60 to 90 minutes, those of a managed identity for up to 24 hours.';
}

/** The exact command for a person when the tenant refuses us a measure. Ids are validated GUIDs. */
export function manualCommand(
  measure: Measure,
  identity: { readonly kind: ActorKind; readonly id: string },
): string {
  const { kind, id } = identity;
  switch (measure) {
    case 'revokeSessions':
      return `Revoke-MgUserSignInSession -UserId ${id}`;
    case 'disable':
      return kind === 'user'
        ? `Update-MgUser -UserId ${id} -AccountEnabled:$false`
        : `Update-MgServicePrincipal -ServicePrincipalId ${id} -AccountEnabled:$false`;
    case 'confirmCompromised':
      return kind === 'user'
        ? `Confirm-MgRiskyUserCompromised -UserIds ${id}`
        : `Confirm-MgRiskyServicePrincipalCompromised -ServicePrincipalIds ${id}`;
    case 'removeCredentials':
      return `Update-MgServicePrincipal -ServicePrincipalId ${id} -PasswordCredentials @() -KeyCredentials @()`;
    case 'removeAppRoles':
      return `Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId ${id} | ForEach-Object { Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId ${id} -AppRoleAssignmentId $_.Id }`;
    case 'removeDirectoryRoles':
      return `Get-MgRoleManagementDirectoryRoleAssignment -Filter "principalId eq '${id}'" | ForEach-Object { Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId $_.Id }`;
  }
}

function neverReason({ identity, isProtected, ourId }: ContainmentQuestion): string | null {
  if (isProtected) return 'the policy protects this identity';
  if (identity.id.toLowerCase() === ourId.toLowerCase()) return 'this is our own identity';
  if (identity.firstParty) return 'this is a service principal of Microsoft';
  if (identity.directorySync) return 'this is the directory synchronisation account';
  return null;
}
