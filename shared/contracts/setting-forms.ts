import { z } from 'zod';

/**
 * The forms that setting values take. Messages never repeat the value: a mistyped secret would end up
 * in a log.
 */
const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

export const guid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'is not a GUID')
  .transform((text) => text.toLowerCase());

/** One or more GUIDs, separated by commas. */
export const guids = z.string().transform((text, context) => {
  const parsed = z.array(guid).safeParse(text.split(',').map((part) => part.trim()));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'is not a list of GUIDs separated by commas' });
  return z.NEVER;
});

/** An absolute https URL without credentials or fragment. */
export const httpsUrl = z.string().superRefine((text, context) => {
  const problem = urlProblem(text, { loopbackHttp: false });
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

/** Like `httpsUrl`; plain http is taken on the loopback interface only. */
export const loopbackOrHttpsUrl = z.string().superRefine((text, context) => {
  const problem = urlProblem(text, { loopbackHttp: true });
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

/** An https origin: no path, no query. The value is the origin without a trailing slash. */
export const httpsOrigin = httpsUrl.transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return z.NEVER;
  if (url.pathname === '/' && url.search === '') return url.origin;
  context.addIssue({
    code: 'custom',
    message: 'names a path; only scheme, host and port belong here',
  });
  return z.NEVER;
});

export const plainText = z
  .string()
  .min(1, 'is empty')
  .regex(/^[^\r\n\0]*$/, 'holds a line break');

/** 32 bytes as base64. An unresolved Key Vault reference still has its `@Microsoft.KeyVault(` form. */
export const sessionKey = z.string().superRefine((text, context) => {
  if (text.startsWith('@Microsoft.KeyVault(')) {
    context.addIssue({
      code: 'custom',
      message: 'is a Key Vault reference that the platform could not resolve',
    });
  } else if (Buffer.from(text, 'base64').length !== 32) {
    context.addIssue({ code: 'custom', message: 'is not 32 bytes in base64' });
  }
});

export interface OutgoingWebhookSecret {
  readonly keyId: string;
  readonly secret: string;
}

/**
 * `keyId=base64,...` of the Teams outgoing webhooks. One secret under two ids is refused: messages are
 * obeyed once for each id, so it would let a message be sent again under the other.
 */
export const outgoingWebhookSecrets = z.string().transform((text, context) => {
  const secrets: OutgoingWebhookSecret[] = [];
  for (const part of text.split(',')) {
    const match = /^\s*([A-Za-z0-9_-]{1,40})=([A-Za-z0-9+/]{16,}={0,2})\s*$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined) {
      context.addIssue({ code: 'custom', message: 'is not a list of keyId=base64' });
      return z.NEVER;
    }
    secrets.push({ keyId: match[1], secret: match[2] });
  }
  const keys = secrets.map(({ secret }) => Buffer.from(secret, 'base64').toString('hex'));
  if (new Set(keys).size < keys.length) {
    context.addIssue({ code: 'custom', message: 'holds one secret twice' });
    return z.NEVER;
  }
  return secrets;
});

export type OperatorAssertion =
  | { readonly kind: 'managedIdentity' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'secret'; readonly value: string };

/** `managedIdentity`, `file:PATH` or `secret:VALUE`. */
export const operatorAssertion = z.string().transform((text, context): OperatorAssertion => {
  if (text === 'managedIdentity') return { kind: 'managedIdentity' };
  if (/^file:./.test(text)) return { kind: 'file', path: text.slice('file:'.length) };
  if (/^secret:./.test(text)) return { kind: 'secret', value: text.slice('secret:'.length) };
  context.addIssue({
    code: 'custom',
    message: 'is none of managedIdentity, file:PATH and secret:VALUE',
  });
  return z.NEVER;
});

/** `file:DIR` or `blob:https://account.blob.core.windows.net/container`. */
export const evidenceStore = z.string().superRefine((text, context) => {
  if (/^file:./.test(text)) return;
  const address = text.startsWith('blob:') ? text.slice('blob:'.length) : null;
  const problem =
    address === null ? 'begins neither with file: nor with blob:' : urlProblem(address, {});
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

function urlProblem(text: string, { loopbackHttp = false }): string | null {
  if (!URL.canParse(text)) return 'is not an absolute URL';
  const url = new URL(text);
  const loopback = loopbackHttp && url.protocol === 'http:' && loopbackHosts.has(url.hostname);
  if (url.protocol !== 'https:' && !loopback) {
    return loopbackHttp
      ? 'is neither https nor http on the loopback interface'
      : 'does not begin with https://';
  }
  if (url.username !== '' || url.password !== '') return 'holds a user name or password';
  if (url.hash !== '') return 'holds a fragment (#)';
  return null;
}
