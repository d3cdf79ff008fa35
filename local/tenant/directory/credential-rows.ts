import { draft } from './audit-draft.js';
import { told, type AuditDraft } from './audit-event.js';
import type { DirectoryObject, Initiator, Json, Properties } from './model.js';

/** The en dash and the trailing blank are the service's (graph fact sheet D.3). */
export const credentialsActivity = 'Update application \u2013 Certificates and secrets management ';

/** All secrets and certificates of an object as the trail tells them: by key id, never a value. */
export function keyDescriptions(properties: Readonly<Properties>): string[] {
  return [
    ...described(properties['keyCredentials'], 'AsymmetricX509Cert'),
    ...described(properties['passwordCredentials'], 'Password'),
  ];
}

/** Credentials before and after in one text property (graph fact sheet D.5). */
export function credentialsRow(
  object: DirectoryObject,
  before: readonly string[],
  after: readonly string[],
  by: Initiator,
): AuditDraft {
  const added = after.some((description) => !before.includes(description));
  const activity =
    object.type === 'application'
      ? credentialsActivity
      : `${added ? 'Add' : 'Remove'} service principal credentials`;
  return draft(object, activity, 'Update', by, [
    {
      displayName: 'KeyDescription',
      oldValue: JSON.stringify(before),
      newValue: JSON.stringify(after),
    },
    told('Included Updated Properties', 'KeyDescription'),
  ]);
}

function described(list: Json | undefined, keyType: string): string[] {
  const credentials = (list ?? []) as readonly { keyId: string; displayName?: string | null }[];
  return credentials.map(
    ({ keyId, displayName }) =>
      `[KeyIdentifier=${keyId},KeyType=${keyType},KeyUsage=Verify,DisplayName=${displayName ?? ''}]`,
  );
}
