import { runKql } from '../../../local/tenant/kql/index.js';
import { header, now, rows, run, sample } from './support.js';

/** Query, expected rows. */
type Case = readonly [query: string, expected: unknown[][]];

function table(cases: readonly Case[]): void {
  it.each(cases)('%s', (query, expected) => {
    expect(rows(query)).toEqual(expected);
  });
}

describe('a stored table comes back with every cell in the form of the Logs API', () => {
  it('keeps ticks, fills nulls by type and lowers guids', () => {
    const [first, , , last] = rows('T');

    expect(first).toEqual([
      '2026-03-09T10:00:00.1234567Z',
      'Alpha one',
      1,
      { tags: ['x', 'y'], who: { id: 'u1' } },
      1.5,
      true,
      'aaaaaaaa-0000-0000-0000-000000000001',
      '00:00:01.5000000',
    ]);
    expect(last).toEqual(['2026-03-10T11:59:59.9999999Z', '', null, null, null, true, null, null]);
  });

  it('answers missing cells and null strings as the empty value of their type', () => {
    const database = {
      S: {
        columns: [
          { name: 'a', type: 'string' as const },
          { name: 'b', type: 'long' as const },
        ],
        rows: [[null], [undefined, undefined]],
      },
    };

    expect(rows('S', database)).toEqual([
      ['', null],
      ['', null],
    ]);
  });

  it('limits tables with TimeGenerated to the timespan and leaves others alone', () => {
    const timespan = { from: '2026-03-09T11:00:00Z', to: '2026-03-10T09:30:00Z' };

    expect(runKql('T | project n', sample, { now, timespan }).rows).toEqual([[2], [3]]);
    expect(runKql('U | count', sample, { now, timespan }).rows).toEqual([[4]]);
    expect(
      runKql('T | count', sample, { now, timespan: { from: '2026-03-10T00:00:00Z' } }).rows,
    ).toEqual([[2]]);
  });
});

describe('where, take, count, distinct, sort and top', () => {
  table([
    ['T | where n > 1 | project n', [[2], [3]]],
    ['T | where n > 1 or isnull(n) | project n', [[2], [3], [null]]],
    ['T | filter ok | project n', [[1], [null]]],
    ['T | where not(ok) | project n', [[2]]],
    ['T | where 1 == 2', []],
    ['T | where TimeGenerated > ago(3h) | project n', [[3], [null]]],
    ['T | where TimeGenerated between (datetime(2026-03-09) .. 1d) | project n', [[1], [2]]],
    ["T | where * has 'two' | project n", [[2]]],
    ['T | take 2 | project n', [[1], [2]]],
    ['T | limit 0', []],
    ['T | count', [[4]]],
    ['T | where n > 99 | count', [[0]]],
    ['T | count as total | project total + 1', [[5]]],
    ['T | extend day = startofday(TimeGenerated) | distinct day | count', [[2]]],
    ['U | distinct name', [['Alpha one'], ['beta-two'], ['nobody']]],
    ['U | project name | distinct * | count', [[3]]],
    ['T | distinct isnull(n)', [[false], [true]]],
    ['T | sort by n | project n', [[3], [2], [1], [null]]],
    ['T | sort by n asc | project n', [[null], [1], [2], [3]]],
    ['T | order by n asc nulls last | project n', [[1], [2], [3], [null]]],
    ['T | sort by n desc nulls first | project n', [[null], [3], [2], [1]]],
    ['T | sort by name asc | project name', [[''], ['ALPHA'], ['Alpha one'], ['beta-two']]],
    ['U | sort by name asc, amount desc | project amount', [[20], [10], [30], [40]]],
    ['T | sort by strlen(name) desc | take 1 | project name', [['Alpha one']]],
    ['T | top 2 by n | project n', [[3], [2]]],
    ['T | top 1 by n asc nulls last | project n', [[1]]],
    ['T | top 0 by n', []],
  ]);

  it('reads no more rows than take asks for', () => {
    let read = 0;
    const counting = new Proxy([[1], [2], [3], [4]], {
      get: (target, key, receiver): unknown => {
        if (typeof key === 'string' && /^\d+$/.test(key)) read++;
        return Reflect.get(target, key, receiver);
      },
    });
    const database = { N: { columns: [{ name: 'x', type: 'long' as const }], rows: counting } };

    expect(rows('N | where x > 1 | extend y = x * 2 | take 1', database)).toEqual([[2, 4]]);
    expect(read).toBe(2);
  });
});

describe('extend and the project family', () => {
  table([
    ['T | take 1 | extend n = n + 1, m = n * 10 | project n, m', [[2, 10]]],
    ['T | take 1 | project n, d.who.id, d.tags[0], d["tags"][-1]', [[1, 'u1', 'x', 'y']]],
    ['U | take 1 | project-away am*', [['Alpha one']]],
    ['U | take 1 | project-keep a*', [[10]]],
    ['U | take 1 | project-rename total = amount | project total', [[10]]],
    ['U | take 1 | project-reorder amount', [[10, 'Alpha one']]],
    ["U | take 1 | project ['a b'] = amount | project ['a b'] + 1", [[11]]],
  ]);

  it.each([
    [
      'T | project tostring(d.who.id), d.who.name, n + 1, tolower(name)',
      'd_who_id:string d_who_name:dynamic Column1:long Column2:string',
    ],
    ['T | extend n = "x" | project-keep n', 'n:string'],
    ['U | extend amount + 1', 'name:string amount:long Column1:long'],
    ['U | project-reorder *, name', 'name:string amount:long'],
    [
      'T | project-reorder n, * asc | project-away d, r, ok, id, took',
      'n:int TimeGenerated:datetime name:string',
    ],
    ['T | project r, bin(TimeGenerated, 1h), ok', 'r:real TimeGenerated:datetime ok:bool'],
  ])('%s names its columns as the engine does', (query, expected) => {
    expect(header(query)).toBe(expected);
  });
});

describe('parse', () => {
  const line = "print s = 'user=bob age=42 city=Oslo'";

  table([
    [
      `${line} | parse s with 'user=' user ' age=' age:long ' city=' city | project user, age, city`,
      [['bob', 42, 'Oslo']],
    ],
    [`${line} | parse s with * 'age=' age:int * | project age`, [[42]]],
    [`${line} | parse s with 'other=' user | project user`, [['']]],
    [`${line} | parse kind=simple s with * 'user=' user:long ' ' * | project user`, [[null]]],
    [
      `${line} | parse kind=relaxed s with 'user=' user:datetime ' age=' age:long ' ' * | project user, age`,
      [[null, 42]],
    ],
    [
      `${line} | parse kind=regex s with @'user=\\w+ age=' age:long @'\\s+city' * | project age`,
      [[42]],
    ],
    [
      "U | parse-where name with 'Alpha ' rest | project rest, amount",
      [
        ['one', 10],
        ['one', 20],
      ],
    ],
    ["print s = 'a.b' | parse s with x '.' y | project x, y", [['a', 'b']]],
  ]);
});

describe('sources and the rest', () => {
  table([
    ['print 1, b = "x"', [[1, 'x']]],
    ['range x from 1 to 5 step 2', [[1], [3], [5]]],
    ['range x from 3 to 1 step -1 | count', [[3]]],
    ['range t from datetime(2026-03-01) to datetime(2026-03-03) step 1d | count', [[3]]],
    [
      "datatable(a:string, b:long, c:datetime)['x', 1, datetime(2026-01-01), 'y', long(null), '2026-01-02']",
      [
        ['x', 1, '2026-01-01T00:00:00.0000000Z'],
        ['y', null, '2026-01-02T00:00:00.0000000Z'],
      ],
    ],
    [
      'U | getschema | project ColumnName, ColumnOrdinal, DataType, ColumnType',
      [
        ['name', 0, 'System.String', 'string'],
        ['amount', 1, 'System.Int64', 'long'],
      ],
    ],
    ['U | as Everyone | union Everyone | count', [[8]]],
    [
      'U | summarize sum(amount) by name | render piechart',
      [
        ['Alpha one', 30],
        ['beta-two', 30],
        ['nobody', 40],
      ],
    ],
    [
      'U | serialize rn = row_number() | where rn between (2 .. 3) | project rn, amount',
      [
        [2, 20],
        [3, 30],
      ],
    ],
    [
      'U | sort by amount desc | extend before = prev(amount), after = next(amount, 1, -1) | project before, after',
      [
        [null, 30],
        [40, 20],
        [30, 10],
        [20, -1],
      ],
    ],
    [
      'U | serialize | extend s = row_cumsum(amount, name != prev(name)) | project s',
      [[10], [30], [30], [40]],
    ],
    [
      'U | serialize | extend i = row_number(0, name != prev(name)) | project i',
      [[0], [1], [0], [0]],
    ],
    ['T | where ingestion_time() > datetime(2026-03-10 12:01:30) | project n', [[3], [null]]],
    [
      'T | extend at = ingestion_time() | sort by n | take 1 | project tostring(at)',
      [['2026-03-10T12:02:00.0000000Z']],
    ],
    ['T | project n | where ingestion_time() < datetime(2026-03-10 12:00:30)', [[1]]],
    ['T | summarize count() by n | extend at = ingestion_time() | where isnotnull(at)', []],
    ['1 + 1', [[2]]],
    ["U | take 1 | project column_ifexists('amount', 0), column_ifexists('nope', 7)", [[10, 7]]],
  ]);

  it('never shows the column that carries the ingestion time', () => {
    expect(header('T | where ingestion_time() < now() | project n')).toBe('n:int');
    expect(run('T | where isnull(ingestion_time())').columns).toHaveLength(8);
  });
});

describe('let, functions and settings', () => {
  table([
    ['let x = 5; print x * 2', [[10]]],
    ["let ids = dynamic(['nobody']); U | where name in (ids) | project amount", [[40]]],
    ['let big = U | where amount > 15; big | join kind=inner big on name | count', [[3]]],
    [
      'let wanted = U | where amount > 25 | project name; T | where name in (wanted) | project n',
      [[2]],
    ],
    ['let twice = (x:long) { x * 2 }; U | project twice(amount)', [[20], [40], [60], [80]]],
    [
      "let shout = (s:string) { let low = tolower(s); strcat(low, '!') }; U | take 1 | project shout(name)",
      [['alpha one!']],
    ],
    [
      'let least = (t:(amount:long), n:long = 25) { t | where amount > n }; least(U) | count',
      [[2]],
    ],
    [
      'let least = (t:(amount:long), n:long) { t | where amount > n }; U | invoke least(35) | count',
      [[1]],
    ],
    ['let f = (a:long, b:long) { a - b }; print f(b = 1, a = 5)', [[4]]],
    ['let f = () { U | count }; f()', [[4]]],
    [
      'let all = materialize(U); all | where amount == toscalar(all | summarize max(amount)) | project name',
      [['nobody']],
    ],
    ['print toscalar(U | where amount > 999 | project amount)', [[null]]],
    ['U | where amount > toscalar(U | summarize avg(amount)) | count', [[2]]],
    ['set query_now = datetime(2020-01-01); print ago(1d)', [['2019-12-31T00:00:00.0000000Z']]],
    ['set notruncation; set truncationmaxrecords = 5; U | count', [[4]]],
    ['let T = U; T | count', [[4]]],
  ]);
});
