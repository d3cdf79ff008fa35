import { drillExitCode, intendedOutcomes } from '../../local/commands/drill-result.js';
import { drillSummary } from '../../local/commands/drill-summary.js';
import { scenarioNames } from '../../local/tenant/scenarios/index.js';
import type { Incident, Outcome } from '../../shared/domain/incident/incident.js';
import pc from 'picocolors';
import { recovered } from '../adapters/report/incidents.js';

const ended = (outcome: Outcome): Incident => recovered({ outcome });
const verification = (over: Partial<NonNullable<Incident['verification']>>): Incident =>
  recovered({
    verification: {
      verified: 4800,
      mismatched: 0,
      pending: 0,
      signIns: { seen: 0, sampled: 10 },
      ...over,
    },
  });

describe("the drill's exit code", () => {
  it.each<readonly [string, Incident, string, 0 | 1 | 2]>([
    ['0 when recovered and verified', recovered(), 'bulk-disable', 0],
    ['0 whatever the scenario was', recovered(), 'mixed', 0],
    ['1 when an object does not read back', verification({ mismatched: 1 }), 'bulk-disable', 1],
    ['1 when an object is still pending', verification({ pending: 1 }), 'bulk-disable', 1],
    [
      '1 when fewer were verified than planned',
      verification({ verified: 4799 }),
      'bulk-disable',
      1,
    ],
    ['1 when nothing was verified', recovered({ verification: null }), 'bulk-disable', 1],
    ['2 when there was nothing to recover, as intended', ended('nothingToRecover'), 'quiet', 2],
    [
      '1 when there was nothing to recover, against intention',
      ended('nothingToRecover'),
      'bulk-disable',
      1,
    ],
    ['2 when partially recovered, as intended', ended('partiallyRecovered'), 'mixed', 2],
    ['1 when it failed', ended('failed'), 'mixed', 1],
    ['1 when it expired', ended('expired'), 'bulk-disable', 1],
    [
      '1 when it is still open',
      recovered({ state: 'verifying', outcome: null }),
      'bulk-disable',
      1,
    ],
    ['1 for an unknown scenario', ended('nothingToRecover'), 'constructor', 1],
  ])('is %s', (_, incident, scenario, code) => {
    expect(drillExitCode(incident, scenario)).toBe(code);
  });

  it('has an intention for every scenario there is', () => {
    expect(Object.keys(intendedOutcomes)).toEqual(expect.arrayContaining([...scenarioNames]));
  });
});

describe("the drill's summary", () => {
  const colors = pc.createColors(false);
  const facts = { seconds: 61.4, peakMemoryBytes: 180 * 2 ** 20, folder: '/data/drills/now' };

  it('fits one screen and tells what happened, who approved, what was done and how long it took', () => {
    const summary = drillSummary(recovered(), facts, colors);

    expect(summary.split('\n').length).toBeLessThan(24);
    for (const words of [
      'recovered and verified',
      'Ada Actor (contained)',
      'actorOnly 4788, mixed 12',
      'Olga Operator as operator (teams), Alan Approver as approver (http)',
      '4798 applied, 2 skipped, 0 failed',
      '4800 as planned',
      '61.4 s in all',
      'memory peak 180 MB',
      '/data/drills/now',
    ]) {
      expect(summary).toContain(words);
    }
  });

  it('says so when a recovery was not verified', () => {
    expect(drillSummary(verification({ pending: 3 }), facts, colors)).toContain('NOT verified');
  });

  it('never lets a name move the cursor or start a line', () => {
    const hostile = recovered({ title: 'x\u001b[2J\nOutcome  forged\u202E' });

    const summary = drillSummary(hostile, facts, colors);

    expect(summary).not.toContain('\u001b');
    expect(summary).not.toContain('\u202E');
    expect(summary.match(/^Outcome/gm)).toHaveLength(1);
  });
});
