import { incidentIdForm } from '../../shared/domain/incident/incident.js';
import { RewindError } from '../../shared/errors.js';
import { anyone } from './access.js';
import { door } from './door.js';

/**
 * `GET /console/incidents/{id}`: where a card's button leads. A page without data and without script that
 * says how to read and decide over HTTP, the way that does not trust Teams. It tells nobody whether there
 * is such an incident.
 */
export const decidePage = door<null>({
  name: 'decidePage',
  method: 'GET',
  route: 'console/incidents/{id}',
  summary: 'How to read an incident and decide on it without Teams.',
  access: anyone,
  answers: {
    200: { description: 'A page for people.', type: 'text/html' },
    404: { description: 'No id of an incident has this form.' },
  },
  handle: ({ request, services }) => {
    const id = request.params['id'] ?? '';
    if (!incidentIdForm.test(id)) {
      throw new RewindError('INCIDENT_NOT_FOUND', 'There is no such incident.');
    }
    return Promise.resolve({
      status: 200,
      content: { type: 'text/html; charset=utf-8', body: pageOf(id, services.settings.publicUrl) },
      headers: {
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      },
    });
  },
});

function pageOf(id: string, publicUrl: string): string {
  const url = `--url ${publicUrl}`;
  const commands = [
    `npm run ir -- login --device ${url}`,
    `npm run ir -- show ${id} ${url}`,
    `npm run ir -- plan ${id} ${url}`,
    `npm run ir -- approve ${id} ${url}`,
    `npm run ir -- reject ${id} ${url}`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${id} - Entra Rewind</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
h1 { font-size: 1.3rem; overflow-wrap: anywhere }
pre { background: #f3f3f3; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 4px }
</style>
</head>
<body>
<h1>Incident ${id}</h1>
<p>When you do not want to rely on Teams, decide from a terminal, with a sign-in of your own. In a checkout of Entra Rewind:</p>
<pre>${commands.join('\n')}</pre>
<p>A decision counts for one version of the plan, and only from people whom the policy names. Read the plan first: what is approved is what <code>plan</code> shows. Where the plan names lines (<code>created</code>, <code>softDelete</code>, <code>policies</code>, <code>lockout</code>), <code>approve --lines policies</code> lets them through; a line that is not named is left out.</p>
<p>This page holds nothing of the incident. The report is at <code>GET /api/incidents/${id}/report</code>, for readers with a token.</p>
</body>
</html>
`;
}
