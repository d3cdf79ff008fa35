import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPolicy } from '../../../local/tenant/policy-file.js';
import {
  formatSettings,
  parseSettings,
  writeSettings,
} from '../../../local/tenant/settings-file.js';
import { people } from '../identity/identity-world.js';

describe('the settings file', () => {
  const settings = {
    GRAPH_ENDPOINT: 'https://127.0.0.1:8443',
    URGENT_NOTICE_URL: 'https://127.0.0.1:8443/urgent/notices?key=a=b&c=#d',
    POLICY: '/a folder/policy.json',
    EMPTY: '',
  };

  it('what is written is read back, value for value', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'settings-'));
    const file = path.join(folder, 'deeper', 'settings.env');

    writeSettings(file, settings);

    expect(parseSettings(readFileSync(file, 'utf8'))).toEqual(settings);
    expect(statSync(file).mode & 0o077).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('comments, blank lines and Windows line ends are understood', () => {
    expect(parseSettings('# comment\r\n\r\nA=1\r\nB=x=y\r\n')).toEqual({ A: '1', B: 'x=y' });
  });

  it.each([
    ['a line break in a value', { A: 'x\nB=y' }],
    ['a name with a blank', { 'A B': 'x' }],
  ])('%s is refused', (_what, bad) => {
    expect(() => formatSettings(bad)).toThrow();
  });
});

describe('the policy file', () => {
  const policyAt = (speed: number) =>
    createPolicy({ people, speed, serviceHost: '127.0.0.1:8443', alertRules: ['/rule'] });

  it('pins the people by object id and protects the break-glass accounts', () => {
    expect(policyAt(60)).toMatchObject({
      people: {
        operators: [{ objectId: people.operator.id, name: people.operator.displayName }],
        approvers: [{ objectId: people.approver.id }],
        commanders: [{ objectId: people.commander.id }],
        breakGlassApprovers: [
          { objectId: people.breakGlass1.id },
          { objectId: people.breakGlass2.id },
        ],
      },
      protected: { breakGlassIds: [people.breakGlass1.id, people.breakGlass2.id] },
      teams: { serviceHosts: ['127.0.0.1:8443'] },
      alerts: { actionGroupRules: ['/rule'] },
    });
  });

  it('at real speed it holds the defaults of the contract', () => {
    expect(policyAt(1)).toMatchObject({
      approvals: { expireAfterMinutes: 240, remindEveryMinutes: 30 },
      scope: {
        lookbackMinutes: 60,
        settleMinutes: 15,
        maxSweeps: 4,
        reportQuota: { requests: 5, perSeconds: 10 },
      },
      verification: { readBackMinutes: 10, watchMinutes: 30 },
      timing: { pollSeconds: { first: 5, max: 300 } },
      execution: {
        writeQuota: { requests: 3000, perSeconds: 150 },
        policyQuota: { requests: 1, perSeconds: 1 },
      },
    });
  });

  it('waits and quota windows shrink with the speed, the look-back and the time to decide do not', () => {
    expect(policyAt(60)).toMatchObject({
      approvals: { expireAfterMinutes: 10, remindEveryMinutes: 0.5 },
      scope: {
        lookbackMinutes: 60,
        settleMinutes: 0.25,
        reportQuota: { requests: 5, perSeconds: 10 / 60 },
      },
      verification: { readBackMinutes: 10 / 60, watchMinutes: 0.5 },
      timing: { pollSeconds: { first: 5 / 60, max: 5 } },
      execution: {
        writeQuota: { requests: 3000, perSeconds: 2.5 },
        policyQuota: { requests: 1, perSeconds: 1 / 60 },
      },
    });
  });
});
