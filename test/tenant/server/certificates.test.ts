import { X509Certificate } from 'node:crypto';
import { createCertificates } from '../../../local/tenant/certificates.js';

const now = Date.UTC(2026, 10, 20);

it('the server certificate is signed by the authority and names 127.0.0.1 and localhost', async () => {
  const made = await createCertificates(now);

  const authority = new X509Certificate(made.authority);
  const server = new X509Certificate(made.certificate);

  expect(authority.ca).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.checkIssued(authority)).toBe(true);
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkHost('contoso.example')).toBeUndefined();
});

it('the certificates hold at the time they were made and for 30 days', async () => {
  const made = await createCertificates(now);

  const server = new X509Certificate(made.certificate);

  expect(Date.parse(server.validFrom)).toBeLessThan(now);
  expect(Date.parse(server.validTo)).toBe(now + 30 * 24 * 3600_000);
});
