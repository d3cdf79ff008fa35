import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../local/ir/command.js';
import { newUndo } from '../../shared/domain/plan/undo-view.js';
import { createDoors, ids, type Doors, type Who } from '../support/doors.js';
import { incidentId, kinds, plannedUser, seedIncident, seedPlan } from '../support/cases.js';
import { printed } from '../support/printed.js';

let doors: Doors;
let server: Server;
let url: string;
let data: string;

beforeEach(async () => {
  doors = createDoors();
  await seedIncident(doors);
  await seedPlan(doors, [plannedUser(0), plannedUser(1)]);
  server = createServer((request, response) => {
    void answered(request).then(({ status, headers, text }) => {
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  data = await mkdtemp(path.join(tmpdir(), 'rewind-ir-'));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(data, { recursive: true, force: true });
});

/** The doors behind a socket; a person's token is the person's name. */
async function answered(request: IncomingMessage) {
  const { pathname } = new URL(request.url ?? '', url);
  const [, , ...parts] = pathname.split('/');
  const route = parts.map((part) => (part === incidentId ? '{id}' : part)).join('/');
  const found = Object.entries(doors.handlers).find(
    ([, door]) => door.route === route && door.methods[0] === request.method,
  );
  if (found === undefined) return { status: 404, headers: {}, text: '' };
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const raw = Buffer.concat(chunks).toString('utf8');
  return doors.call(found[0], {
    headers: { authorization: request.headers.authorization ?? '' },
    params: { id: incidentId },
    ...(raw === '' ? {} : { raw }),
  });
}

/** Runs one command with a person's token, or as the words say; answers what it printed. Throws what it throws. */
async function ir(
  as: Who | null,
  ...words: string[]
): Promise<{ code: number; out: string; err: string }> {
  const token = as === null ? [] : ['--token', as];
  const { result, ...text } = await printed(() =>
    run([...words, ...token, '--url', url, '--data', data]),
  );
  return { code: result, ...text };
}

const planDigest = async () => (await doors.store.readIncident(incidentId))!.plan!.digest;

describe('decisions', () => {
  it('approve the plan that the incident shows, with the lines that were named', async () => {
    const { out, err } = await ir('operator', 'approve', '--comment', 'seen', '--lines', 'created');

    expect(out).toBe('Counted as operator; nothing more is needed.\n');
    expect(err).toContain(await planDigest());
    expect((await doors.store.readLedger(incidentId)).decisions).toMatchObject([
      { decision: 'approve', comment: 'seen', lines: ['created'] },
    ]);
  });

  it('that are refused say why and what helps', async () => {
    await expect(ir('commander', 'reject', incidentId)).rejects.toThrow(
      /^403 NOT_PERMITTED .*Incident\.Approver.* Ask for the role/,
    );
    await expect(ir('actor', 'approve')).rejects.toThrow(/DECIDER_IS_ACTOR .* Somebody else/);
  });
});

describe('stopping', () => {
  it.each([
    ['hold', 'operator', { hold: { by: { id: ids.operator }, why: 'canary' } }],
    ['cancel', 'commander', { cancel: { by: { id: ids.commander } } }],
  ] as const)('%s leaves its mark', async (verb, who, marks) => {
    const { code } = await ir(who, verb, '--note', 'canary');

    expect(code).toBe(0);
    expect(await doors.store.readDocument(incidentId, 'marks')).toMatchObject(marks);
  });

  it('resume takes a hold away', async () => {
    await ir('operator', 'hold');
    await ir('commander', 'resume');

    expect(await doors.store.readDocument(incidentId, 'marks')).toMatchObject({ hold: null });
  });
});

describe('revise', () => {
  it('sends every change on the plan that is shown', async () => {
    const [first, second] = [plannedUser(0).objectId, plannedUser(1).objectId];

    const { out } = await ir(
      ...(['responder', 'revise', '--exclude', first, '--choose', `${second}=reconcile`] as const),
      ...(['--by', 'surgical', '--note', 'hers is right'] as const),
    );

    expect(out).toContain('Version 1 is void');
    expect(await doors.store.readDocument(incidentId, 'revisions')).toMatchObject({
      excluded: [first],
      choices: { [second]: 'reconcile' },
      executor: 'surgical',
      list: [{ note: 'hers is right', basedOn: await planDigest() }],
    });
  });

  it.each([
    [['revise', '--note', 'n'], /name at least one/],
    [['revise', '--exclude', 'x'], /--note is missing/],
    [['revise', '--choose', 'x=maybe', '--note', 'n'], /--choose/],
  ])('%j is a wrong use', async (words, said) => {
    await expect(ir('responder', ...words)).rejects.toThrow(said);
  });
});

it('note writes into the record, as JSON when asked', async () => {
  const { out } = await ir('responder', 'note', '--note', 'called the owner', '--json');

  expect(JSON.parse(out)).toMatchObject({ entries: 2 });
  expect(kinds(doors)).toEqual(['opened', 'note']);
});

it('release gives the only contained identity back, once the incident is closed', async () => {
  const asked = () => ir('commander', 'release', '--note', 'it was a script');
  await expect(asked()).rejects.toThrow(/INCIDENT_NOT_CLOSED .* ir watch/);
  await doors.store.updateIncident(incidentId, (open) => ({ ...open, state: 'closed' }));

  await asked();
  await ir('approver', 'release', '--keep', '--note', 'I do not believe it');

  expect(await doors.store.readDocument(incidentId, 'releases')).toMatchObject({
    [ids.actor]: [{ decision: 'release' }, { decision: 'keep' }],
  });
});

it('undo asks for it at the door', async () => {
  await expect(ir('commander', 'undo')).rejects.toThrow(/INCIDENT_NOT_CLOSED/);
});

describe('what became of a closed incident', () => {
  const by = { id: ids.commander, name: 'commander' };
  const residual = {
    kind: 'manual',
    objectId: ids.actor,
    name: 'Zoe\u001b[2J',
    what: 'The actor took the manager away.',
    todo: 'Set-MgUserManagerByRef',
  } as const;

  it('is shown with its undo and with what is left to people', async () => {
    const undo = { ...newUndo(by, '2026-11-20T23:00:00.000Z'), summary: 'Nothing is left of it.' };
    await doors.store.updateIncident(incidentId, (open) => ({
      ...open,
      ...{ state: 'closed', outcome: 'recovered', residual: [residual] },
      undo: { ...undo, state: 'closed', outcome: 'recovered' },
    }));

    const { out } = await ir('reader', 'show');

    expect(out).toContain('Undo: recovered. Nothing is left of it.');
    expect(out).toContain(`Zoe [2J ${ids.actor}: The actor took the manager away.`);
    expect(out).toContain('Set-MgUserManagerByRef');
  });

  it('is watched until its undo has ended as well', async () => {
    const undo = { ...newUndo(by, '2026-11-20T23:00:00.000Z'), summary: 'Drawing.' };
    await doors.store.updateIncident(incidentId, (open) => ({
      ...open,
      ...{ state: 'closed', outcome: 'recovered', undo },
    }));
    const { readIncident } = doors.store;
    let looks = 0;
    doors.store.readIncident = async (id) => {
      const incident = await readIncident(id);
      looks += 1;
      if (incident === null || looks < 3) return incident;
      return { ...incident, undo: { ...undo, state: 'closed', summary: 'Undone.' } };
    };

    const { err } = await ir('reader', 'watch');

    expect(err).toContain('Drawing.');
    expect(err).toContain('Undone.');
  });
});

describe('lend', () => {
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

  /** The control server of a tenant, which notes the tokens it is asked for. */
  async function withControl(use: (url: string, wishes: object[]) => Promise<void>) {
    const wishes: object[] = [];
    const control = createServer((request, response) => {
      void (async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of request) chunks.push(chunk as Uint8Array);
        wishes.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as object);
        response.end(JSON.stringify({ accessToken: 'operator' }));
      })();
    });
    await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
    try {
      await use(`http://127.0.0.1:${(control.address() as AddressInfo).port}`, wishes);
    } finally {
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
    }
  }
  const stepUpOnce = () => {
    const { sessions } = doors.services;
    const { lend } = sessions;
    let asked = 0;
    sessions.lend = (...what) =>
      (asked += 1) === 1
        ? Promise.resolve({ ok: false, why: 'stepUp', claims })
        : lend.apply(sessions, what);
  };

  it('signs in again with the claims that are asked for, and lends', async () => {
    stepUpOnce();
    await withControl(async (control, wishes) => {
      const { out } = await ir(null, 'lend', '--as', 'operator', '--control', control);

      expect(out).toMatch(/^Your session serves .* until /);
      expect(wishes).toEqual([{ person: 'operator' }, { person: 'operator', claims }]);
    });
  });

  it('with a given token says that it cannot become stronger', async () => {
    stepUpOnce();

    await expect(ir('operator', 'lend')).rejects.toThrow(/stronger sign-in.*--device or --as/);
  });
});

it.each([
  [['login', '--device'], /--audience \(or API_AUDIENCE\)/],
  [['login', '--device', '--audience', ids.console], /--tenant-id \(or TENANT_ID\)/],
  [['login'], /--as NAME or --device/],
])('%j says what is missing', async (words, said) => {
  await expect(ir('reader', ...words)).rejects.toThrow(said);
});
