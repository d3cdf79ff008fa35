import type { ContainmentQuestion } from '../../shared/domain/incident/containment-rules.js';
import {
  accessTokenWarning,
  climb,
  manualCommand,
  measuresFor,
} from '../../shared/domain/incident/containment-rules.js';
import { guid, policy } from './support/incidents.js';

const ID = guid(1);
const OURS = guid(9);

const ask = (over: Partial<ContainmentQuestion> = {}) =>
  measuresFor({
    identity: { kind: 'user', id: ID, firstParty: false, directorySync: false },
    policy: policy(),
    evidence: { auditRows: 12, commanderNamed: false },
    containedLastHour: 0,
    ourId: OURS,
    isProtected: false,
    ...over,
  });

describe('containing an identity', () => {
  it('that wrote in the window takes everything the policy names', () => {
    expect(ask()).toMatchObject({
      allowed: ['revokeSessions', 'disable'],
      refused: [],
      waitForCommander: false,
    });
  });

  it('on the alert alone only ends its sessions, and asks the commander for the rest', () => {
    const answer = ask({ evidence: { auditRows: 0, commanderNamed: false } });

    expect(answer.allowed).toEqual(['revokeSessions']);
    expect(answer.refused).toEqual([
      { measure: 'disable', code: 'NOT_PERMITTED', why: expect.stringContaining('no audit row') },
    ]);
    expect(answer.waitForCommander).toBe(true);
  });

  it('that a commander named needs no audit row', () => {
    expect(ask({ evidence: { auditRows: 0, commanderNamed: true } }).refused).toEqual([]);
  });

  it('that is an application is not disabled on the alert alone', () => {
    const answer = ask({
      identity: { kind: 'servicePrincipal', id: ID, firstParty: false, directorySync: false },
      evidence: { auditRows: 0, commanderNamed: false },
    });

    expect(answer).toMatchObject({ allowed: [], waitForCommander: true });
  });

  const nobody = { kind: 'user', id: ID, firstParty: false, directorySync: false } as const;
  it.each<[string, Partial<ContainmentQuestion>]>([
    ['our own', { identity: { ...nobody, kind: 'servicePrincipal', id: OURS.toUpperCase() } }],
    ['of Microsoft', { identity: { ...nobody, firstParty: true } }],
    ['the directory sync account', { identity: { ...nobody, directorySync: true } }],
    ['protected', { isProtected: true }],
  ])('that is %s never happens, not even on the word of a commander', (_case, over) => {
    const answer = ask({ ...over, evidence: { auditRows: 99, commanderNamed: true } });

    expect(answer).toMatchObject({ allowed: [], neverContained: true });
    expect(answer.refused.map(({ code }) => code)).toEqual(
      answer.refused.map(() => 'ACTOR_PROTECTED'),
    );
    expect(answer.refused.length).toBeGreaterThan(0);
  });

  it.each([
    [2, false, 2],
    [3, false, 0],
    [3, true, 2],
  ])('after %i others within the hour (named: %s) takes %i measures', (contained, named, taken) => {
    const answer = ask({
      containedLastHour: contained,
      evidence: { auditRows: 5, commanderNamed: named },
    });

    expect(answer.allowed).toHaveLength(taken);
    expect(answer.waitForCommander).toBe(taken === 0);
  });
});

describe('an identity that still writes', () => {
  it('is answered with measures not taken yet, until none is left', () => {
    expect(climb(['revokeSessions', 'disable'], 'user')).not.toContain('disable');
    expect(climb(['disable'], 'servicePrincipal')).toContain('removeCredentials');
    expect(climb(climb([], 'user'), 'user')).toEqual([]);
    expect(climb(climb([], 'servicePrincipal'), 'servicePrincipal')).toEqual([]);
  });

  it('may do so with an old token, and people are told for how long', () => {
    expect(accessTokenWarning('user')).toContain('60 to 90 minutes');
    expect(accessTokenWarning('servicePrincipal')).toContain('24 hours');
  });
});

describe('the command for a person', () => {
  it.each([
    ['revokeSessions', 'user', `Revoke-MgUserSignInSession -UserId ${ID}`],
    ['disable', 'user', `Update-MgUser -UserId ${ID} -AccountEnabled:$false`],
    [
      'disable',
      'servicePrincipal',
      `Update-MgServicePrincipal -ServicePrincipalId ${ID} -AccountEnabled:$false`,
    ],
  ] as const)('to %s a %s is ready to paste', (measure, kind, command) => {
    expect(manualCommand(measure, { kind, id: ID })).toBe(command);
  });

  it.each([
    'confirmCompromised',
    'removeCredentials',
    'removeAppRoles',
    'removeDirectoryRoles',
  ] as const)('to %s names the identity', (measure) => {
    expect(manualCommand(measure, { kind: 'servicePrincipal', id: ID })).toContain(ID);
  });
});
