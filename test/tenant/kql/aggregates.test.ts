import { header, rows } from './support.js';

const data =
  "let D = datatable(g:string, x:long, b:dynamic)['a',1,dynamic([1,2]),'a',4,dynamic([2,3]),'b',long(null),dynamic({'k':1}),'b',2,dynamic({'k':2,'l':3}),'a',4,dynamic(null)];";
const all = (aggregates: string) => rows(`${data} D | summarize ${aggregates}`)[0];

describe('aggregates ignore nulls and take the whole group', () => {
  it.each([
    ['count()', [5]],
    ['countif(x > 1)', [3]],
    ['dcount(x)', [3]],
    ['count_distinct(g)', [2]],
    ["dcountif(x, g == 'a')", [2]],
    ['sum(x)', [11]],
    ["sumif(x, g == 'b')", [2]],
    ['min(x), max(x)', [1, 4]],
    ['min(g), max(g)', ['a', 'b']],
    ["minif(x, g == 'b'), maxif(x, x < 4)", [2, 2]],
    ['avg(x)', [2.75]],
    ["avgif(x, g == 'b')", [2]],
    ['make_list(x)', [[1, 4, 2, 4]]],
    ['make_list(x, 2)', [[1, 4]]],
    ["make_list_if(x, g == 'b')", [[2]]],
    ['make_list_with_nulls(x)', [[1, 4, null, 2, 4]]],
    ['make_set(x)', [[1, 4, 2]]],
    ["make_set_if(x, g == 'a')", [[1, 4]]],
    ["make_set_if(b, g == 'a')", [[1, 2, 3]]],
    ['make_bag(b)', [{ k: 1, l: 3 }]],
    ['arg_max(x, g)', [4, 'a']],
    ['arg_min(x, g)', [1, 'a']],
    ['take_any(g)', ['a']],
    ['take_any(g, x)', ['a', 1]],
    ["take_anyif(x, g == 'b')", [2]],
    ['percentile(x, 50)', [2]],
    ['percentiles(x, 5, 95)', [1, 4]],
    ['percentiles_array(x, 5, 50, 95)', [[1, 2, 4]]],
    ['variance(x)', [2.25]],
    ['stdev(x)', [1.5]],
    ['count() * 2 + sum(x)', [21]],
    ['round(avg(x), 1)', [2.8]],
    ['strcat_array(make_set(g), ",")', ['a,b']],
    ['max(x) - min(x)', [3]],
  ])('summarize %s', (aggregates, expected) => {
    expect(all(aggregates)).toEqual(expected);
  });

  it('gives default values for no rows without a group, and no row with one', () => {
    expect(
      rows(
        `${data} D | where false | summarize count(), sum(x), dcount(x), max(x), avg(x), make_list(x), make_set(g), arg_max(x, g)`,
      ),
    ).toEqual([[0, 0, 0, null, null, [], [], null, '']]);
    expect(rows(`${data} D | where false | summarize count() by g`)).toEqual([]);
  });
});

describe('summarize by', () => {
  it.each<readonly [string, unknown[][]]>([
    [
      'D | summarize count(), max(x) by g',
      [
        ['a', 3, 4],
        ['b', 2, 2],
      ],
    ],
    ['D | summarize by g', [['a'], ['b']]],
    [
      'D | summarize count() by x',
      [
        [1, 1],
        [4, 2],
        [null, 1],
        [2, 1],
      ],
    ],
    ['D | summarize n = count() by big = x > 1, g | sort by n desc | take 1', [[true, 'a', 2]]],
    [
      'D | summarize arg_max(x, *) by g | project g, x',
      [
        ['a', 4],
        ['b', 2],
      ],
    ],
    [
      'D | summarize (top, other) = arg_max(x, b) by g | project g, top, other',
      [
        ['a', 4, [2, 3]],
        ['b', 2, { k: 2, l: 3 }],
      ],
    ],
    [
      'T | summarize count() by bin(TimeGenerated, 1d)',
      [
        ['2026-03-09T00:00:00.0000000Z', 2],
        ['2026-03-10T00:00:00.0000000Z', 2],
      ],
    ],
    [
      'T | summarize count() by tostring(d.who.id)',
      [
        ['u1', 1],
        ['', 3],
      ],
    ],
    [
      'T | summarize rows=count(), bytes=sum(estimate_data_size(name)) by bin(TimeGenerated, 1d) | project rows, bytes',
      [
        [2, 17],
        [2, 5],
      ],
    ],
  ])('%s', (query, expected) => {
    expect(rows(`${data} ${query}`)).toEqual(expected);
  });

  it.each([
    [
      'T | summarize count(), dcount(name), make_set(n), percentile(r, 95) by name',
      'name:string count_:long dcount_name:long set_n:dynamic percentile_r_95:real',
    ],
    ['U | summarize arg_max(amount, *) by name', 'name:string amount:long'],
    ['U | summarize arg_max(amount, name)', 'amount:long name:string'],
    [
      'T | summarize avg(n), countif(ok), any(name) by bin(TimeGenerated, 1h)',
      'TimeGenerated:datetime avg_n:real countif_ok:long any_name:string',
    ],
    ['T | summarize max(TimeGenerated) - min(TimeGenerated)', 'Column1:timespan'],
  ])('%s names its columns as the engine does', (query, expected) => {
    expect(header(query)).toBe(expected);
  });

  it('keeps a value and its text apart as group keys', () => {
    expect(
      rows("datatable(a:string, b:long)['null',1,'',2,'1',3] | summarize count() by a, b | count"),
    ).toEqual([[3]]);
  });
});
