import { runKql } from '../../../local/tenant/kql/index.js';
import { KqlError, type KqlDatabase } from '../../../local/tenant/kql/model.js';

const one = '11111111-1111-4111-8111-111111111111';
const two = '22222222-2222-4222-8222-222222222222';
const database: KqlDatabase = {
  T: {
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Id', type: 'string' },
    ],
    rows: [
      ['2026-11-20T10:00:00Z', one],
      ['2026-11-21T10:00:00Z', two],
    ],
  },
};
const run = (query: string) => runKql(query, database, { now: new Date('2026-11-22T00:00:00Z') });

describe('queries that differ only in instants and ids', () => {
  it('answer from their own literals although they share one bound tree', () => {
    const since = (day: string) =>
      run(`T | where TimeGenerated > datetime(2026-11-${day}T00:00:00Z) | project Id`).rows.flat();
    expect(since('20')).toEqual([one, two]);
    expect(since('21')).toEqual([two]);
    expect(since('22')).toEqual([]);

    const sinceFraction = (fraction: string) =>
      run(`T | where TimeGenerated >= datetime(2026-11-20T10:00:00${fraction}Z) | count`).rows;
    expect(['.000', '.001', '.0000001'].map(sinceFraction)).toEqual([[[2]], [[1]], [[1]]]);

    const byId = (id: string) => run(`T | where Id in ("${id}") | count`).rows;
    expect([byId(one), byId(two), byId('33333333-3333-4333-8333-333333333333')]).toEqual([
      [[1]],
      [[1]],
      [[0]],
    ]);
  });

  it('keep literals inside texts, let functions and dynamic values', () => {
    const text = `let f = (x: string) { strcat(x, " at 2026-11-20T10:00:00Z") };
print a = f("${one}"), b = tostring(dynamic({"${two}": "2026-11-21T10:00:00Z"})["${two}"])`;
    expect(run(text).rows).toEqual([[`${one} at 2026-11-20T10:00:00Z`, '2026-11-21T10:00:00Z']]);
  });

  it('are told what is wrong in their own words', () => {
    const wrong = () => run(`T | where Nothing == "${one}"`);
    expect(wrong).toThrow(KqlError);
    expect(wrong).not.toThrow(/facade00/);
  });
});
