/**
 * Published payloads, read where they lie and never copied. Not part of `npm test`: run with
 * SAMPLES=DIR naming the folder; without it, or without the folder, the suite says that it was skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import {
  approvalCard,
  decidedCard,
  noticeCard,
} from '../../shared/domain/approval/approval-card.js';
import { activityEnvelope } from '../../shared/contracts/teams.js';
import { createDoors, serviceUrl } from '../support/doors.js';
import { incidentId, seedIncident, seedPlan } from '../support/cases.js';

const folder = process.env['SAMPLES'] ?? '';
const isThere = folder !== '' && existsSync(folder);
const suite = isThere ? describe : describe.skip;
const read = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<string, unknown>;

if (!isThere) {
  it('is skipped: SAMPLES names no folder of published payloads', () => {
    expect(isThere).toBe(false);
  });
}

suite('published payloads', () => {
  it('a part of a live incident trigger body opens an incident', async () => {
    const doors = createDoors();

    const body = read('sentinel-incident-trigger-body.partial.json');
    const got = await doors.call('alertsSentinel', { as: 'playbook', body });

    expect(got).toMatchObject({ status: 202, body: { deduplicated: false } });
    const incident = await doors.store.readIncident(got.body.incidentId);
    expect(incident).toMatchObject({ source: 'sentinelIncident', title: 'dummm5' });
  });

  it('the common alert schema opens an incident', async () => {
    const doors = createDoors();

    const body = read('azure-monitor-common-alert-log-v2.json');
    const got = await doors.call('alertsSentinel', { as: 'playbook', body });

    expect(got).toMatchObject({ status: 202 });
    const incident = await doors.store.readIncident(got.body.incidentId);
    expect(incident).toMatchObject({ source: 'azureMonitor' });
  });

  it('rows of the SecurityAlert table open incidents, with their entities in text', async () => {
    const { tables } = read('sentinel-securityalert-query-result.json') as {
      tables: { columns: { name: string }[]; rows: unknown[][] }[];
    };
    const [table] = tables;
    const rows = table!.rows.map((row) =>
      Object.fromEntries(table!.columns.map(({ name }, at) => [name, row[at]])),
    );
    expect(rows.length).toBeGreaterThan(0);

    for (const body of rows) {
      const doors = createDoors();
      const got = await doors.call('alertsSentinel', { as: 'playbook', body });
      expect(got).toMatchObject({ status: 202 });
    }
  });

  it('a live invoke of another bot is refused in the form the channel understands', async () => {
    const sample = read('teams-adaptivecard-action-invoke.json');
    expect(activityEnvelope.safeParse(sample).success).toBe(true);
    const doors = createDoors();

    const got = await doors.call('teamsMessages', {
      body: { ...sample, serviceUrl },
      headers: { authorization: 'Bearer connector' },
    });

    expect(got).toMatchObject({
      status: 200,
      body: { statusCode: 400, type: 'application/vnd.microsoft.error' },
    });
  });

  it('our cards fit the official schema of 1.5', async () => {
    const schema = JSON.parse(
      JSON.stringify(read('adaptive-card-1.5.0.schema.json')).replaceAll(
        '"id":"http',
        '"$id":"http',
      ),
    ) as Record<string, unknown>;
    // The schema declares draft-06 but keeps to what every later draft knows (fact sheet D, trap 1).
    delete schema['$schema'];
    const fits = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    const doors = createDoors();
    await seedIncident(doors);
    const { request } = await seedPlan(doors);
    const incident = (await doors.store.readIncident(incidentId))!;
    const links = { publicUrl: 'https://rewind.example.test' };

    for (const card of [
      approvalCard(incident, request, { given: [], remaining: ['operator'] }, links),
      decidedCard(incident, 'Approved.', links),
      noticeCard(incident, 'Held', 'Look.', links),
    ]) {
      // Teams' own addition, which the schema does not know (trap 2).
      const { msteams: _, ...standard } = card as Record<string, unknown>;
      expect([fits(standard), fits.errors]).toEqual([true, null]);
    }
  });
});
