import { KqlError, runKql } from '../../../local/tenant/kql/index.js';
import { failure, now, sample } from './support.js';

describe('a query that cannot be answered says why and where', () => {
  it.each([
    ['T | where', 'syntax', 'expression'],
    ['T | take 1 take 2', 'syntax', ''],
    ["T | where name == 'open", 'syntax', ''],
    ["T | where name == 'x' y", 'syntax', ''],
    ['', 'syntax', ''],
    ['let x = 5;', 'syntax', ''],
    ['Nowhere | take 1', 'semantic', 'Nowhere'],
    ['T | where absent == 1', 'semantic', 'absent'],
    ['T | extend x = nofunction(n)', 'semantic', 'nofunction'],
    ['T | where n', 'semantic', 'bool'],
    ['T | where name == 1', 'semantic', 'string and long'],
    ["T | where ok == 'true'", 'semantic', 'bool and string'],
    ["T | where name > 'a'", 'semantic', ''],
    ['T | where n in ("a")', 'semantic', 'int and string'],
    ['T | where d.tags == d.who', 'semantic', 'dynamic and dynamic'],
    ['T | extend x = d.n + 1', 'semantic', 'dynamic and long'],
    ['T | extend x = TimeGenerated + 1', 'semantic', ''],
    ['T | sort by d', 'semantic', 'dynamic'],
    ['T | summarize count() by d', 'semantic', 'dynamic'],
    ['T | distinct d', 'semantic', 'dynamic'],
    ['T | join kind=inner T on d', 'semantic', 'dynamic'],
    ['T | join kind=inner (T | project n = tostring(n)) on n', 'semantic', 'n'],
    ['T | extend row_number()', 'semantic', 'serialized'],
    ['T | extend count()', 'semantic', 'count'],
    ['T | project n, n', 'semantic', 'n'],
    ["T | where name matches regex '('", 'semantic', 'regular expression'],
    ['print datetime(2026-13-45)', 'semantic', 'datetime'],
    ['T | take -1', 'semantic', ''],
    ['T | mv-expand name', 'semantic', 'dynamic'],
    ["search 'x'", 'unsupported', 'search'],
    ["T | search 'x'", 'unsupported', 'search'],
    ["find 'x'", 'unsupported', 'find'],
    ['T | evaluate bag_unpack(d)', 'unsupported', 'evaluate'],
    ["evaluate http_request('https://example.org/')", 'unsupported', 'evaluate'],
    ["externaldata(a:string)['https://example.org/x.csv']", 'unsupported', 'externaldata'],
    [
      "let x = externaldata(a:string)['https://example.org/x.csv']; T",
      'unsupported',
      'externaldata',
    ],
    ["workspace('other').T | take 1", 'unsupported', 'workspace'],
    ["union T, workspace('other').T", 'unsupported', 'workspace'],
    ["app('other').requests", 'unsupported', 'app'],
    ["resource('/subscriptions/x').T", 'unsupported', 'resource'],
    ["cluster('c').database('d').T", 'unsupported', ''],
    ["database('d').T", 'unsupported', 'database'],
    ["adx('https://x/y').T", 'unsupported', 'adx'],
    ['.show tables', 'unsupported', 'Management'],
    ['.drop table T', 'unsupported', 'Management'],
    ['T; U', 'unsupported', 'Several'],
    ['declare query_parameters(n:long = 5); T | take n', 'unsupported', 'query_parameters'],
    ['restrict access to (T); T', 'unsupported', 'restrict'],
    ['T | make-series count() on TimeGenerated step 1d', 'unsupported', 'make-series'],
    ['T | sample 1', 'unsupported', 'sample'],
    ['T | extend x = series_fir(d, d)', 'unsupported', 'series_fir'],
    ['T | summarize hll(n)', 'unsupported', 'hll'],
    ['union T*', 'unsupported', 'wildcard'],
    ['T | reduce by name', 'unsupported', 'reduce'],
    ['T | facet by name', 'unsupported', 'facet'],
    ['T | join kind=inner U on name | as X | evaluate autocluster()', 'unsupported', 'evaluate'],
  ])('%s is a %s error', (query, kind, words) => {
    const error = failure(query);

    expect({ query, kind: error.kind }).toEqual({ query, kind });
    expect(error.message.toLowerCase()).toContain(words.toLowerCase());
  });

  it('points at the place in the text', () => {
    expect(failure('T | where absent == 1').position).toBe(10);
    expect(failure('T | where n > 1 and name == 1').position).toBe(20);
    expect(failure('T | evaluate bag_unpack(d)').position).toBe(4);
  });

  it('refuses names of object members that are no tables', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(failure(name).kind).toBe('semantic');
    }
  });

  it('reports a bad timespan as an error of its own', () => {
    expect(() => runKql('T', sample, { now, timespan: { from: 'yesterday' } })).toThrow(KqlError);
  });

  it('fails the same way when the same query comes again', () => {
    const messages = [1, 2].map(() => failure('T | where absent == 1').message);

    expect(messages[0]).toBe(messages[1]);
  });
});

describe('text from outside stays text', () => {
  it.each([
    "'' or true //",
    `it's "quoted"`,
    'back\\slash',
    'line\u2028break',
    '\u202Eright-to-left',
    '😀',
    '| take 5',
    '<script>',
  ])('a literal made of %j matches only itself', (text) => {
    const literal = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    const database = {
      S: { columns: [{ name: 's', type: 'string' as const }], rows: [[text], ['other']] },
    };

    expect(runKql(`S | where s == ${literal}`, database, { now }).rows).toEqual([[text]]);
  });
});
