import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isoSeconds } from '../directory/instants.js';
import type { DirectoryObject } from '../directory/model.js';
import { appAdmins, appWriters, findApp } from './applications.js';
import type { AppType } from './application-properties.js';
import { bodyOf } from './body.js';
import {
  listOf,
  newKey,
  withKeyId,
  type Credential,
  type CredentialList,
} from './credential-lists.js';
import { badRequest, GraphError } from './errors.js';
import { provesPossession } from './proof-of-possession.js';
import { writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const twoYears = 730;

/** Secrets and certificates of applications and service principals (graph fact sheet A.5). */
export const credentialRoutes: readonly Route[] = (
  ['application', 'servicePrincipal'] as const
).flatMap((type): Route[] => [
  action(type, 'addPassword', addPassword),
  action(type, 'removePassword', removePassword),
  action(type, 'addKey', addKey),
  action(type, 'removeKey', removeKey),
]);

function action(
  type: AppType,
  name: string,
  handle: (context: GraphContext, object: DirectoryObject) => Outcome,
): Route {
  return writing('POST', `${type}s/{id}/${name}`, appWriters, appAdmins, (context) => {
    const object = findApp(context, type, context.truth);
    // An agent identity gets its tokens from its blueprint.
    if (object.properties['@odata.type'] === '#microsoft.graph.agentIdentity') {
      throw badRequest('Agent identities cannot have credentials of their own.');
    }
    return handle(context, object);
  });
}

/** The secret itself is in this answer and nowhere else. */
function addPassword(context: GraphContext, object: DirectoryObject): Outcome {
  const wish = bodyOf(
    context,
    z.strictObject({
      passwordCredential: z
        .strictObject({
          displayName: z.string().nullable(),
          startDateTime: z.iso.datetime({ offset: true }),
          endDateTime: z.iso.datetime({ offset: true }),
        })
        .partial()
        .default({}),
    }),
  ).passwordCredential;
  const { directory, now } = context;
  const keyId = directory.newId();
  const secretText = `${createHash('sha256').update(keyId).digest('base64url').slice(0, 36)}~8Q`;
  const begin = wish.startDateTime === undefined ? now : Date.parse(wish.startDateTime);
  const end = new Date(begin);
  end.setUTCDate(end.getUTCDate() + twoYears);
  const credential: Credential = {
    customKeyIdentifier: null,
    displayName: wish.displayName ?? null,
    endDateTime: wish.endDateTime ?? isoSeconds(end.getTime()),
    hint: secretText.slice(0, 3),
    keyId,
    secretText: null,
    startDateTime: isoSeconds(begin),
  };
  set(context, object, 'passwordCredentials', [
    ...listOf(object, 'passwordCredentials'),
    credential,
  ]);
  const odata = { '@odata.context': context.metadata('microsoft.graph.passwordCredential') };
  return { status: 200, body: { ...odata, ...credential, secretText } };
}

function removePassword(context: GraphContext, object: DirectoryObject): Outcome {
  const { keyId } = bodyOf(context, z.strictObject({ keyId: z.string() }));
  return remove(context, object, 'passwordCredentials', keyId);
}

function addKey(context: GraphContext, object: DirectoryObject): Outcome {
  const { keyCredential, proof } = bodyOf(
    context,
    z.strictObject({
      keyCredential: newKey,
      passwordCredential: z.json().optional(),
      proof: z.string(),
    }),
  );
  checkProof(context, object, proof);
  const added = withKeyId(context, keyCredential);
  set(context, object, 'keyCredentials', [...listOf(object, 'keyCredentials'), added]);
  const odata = { '@odata.context': context.metadata('microsoft.graph.keyCredential') };
  return { status: 200, body: { ...odata, ...added } };
}

function removeKey(context: GraphContext, object: DirectoryObject): Outcome {
  const schema = z.strictObject({ keyId: z.string(), proof: z.string() });
  const { keyId, proof } = bodyOf(context, schema);
  checkProof(context, object, proof);
  return remove(context, object, 'keyCredentials', keyId);
}

function checkProof(context: GraphContext, object: DirectoryObject, proof: string): void {
  const keys = listOf(object, 'keyCredentials').map(({ key }) => key);
  const known = keys.filter((key) => typeof key === 'string');
  if (provesPossession(proof, object.id, known, context.now)) return;
  const message = 'Access Token missing or malformed.';
  throw new GraphError(401, 'Authentication_MissingOrMalformed', message);
}

function remove(
  context: GraphContext,
  object: DirectoryObject,
  list: CredentialList,
  keyId: string,
): Outcome {
  const before = listOf(object, list);
  const after = before.filter((credential) => credential.keyId !== keyId);
  if (after.length === before.length) {
    const noun = list === 'keyCredentials' ? 'key' : 'password';
    throw badRequest(`No ${noun} credential found with keyId: '${keyId}'.`);
  }
  set(context, object, list, after);
  return { status: 204 };
}

function set(
  context: GraphContext,
  object: DirectoryObject,
  list: CredentialList,
  credentials: readonly Credential[],
): void {
  const { directory, by, now } = context;
  context.wrote(directory.setCredentials(object.id, { [list]: credentials }, by, now));
}
