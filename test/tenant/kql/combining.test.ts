import { header, rows } from './support.js';

/** Query, expected rows. */
type Case = readonly [query: string, expected: unknown[][]];

function table(cases: readonly Case[]): void {
  it.each(cases)('%s', (query, expected) => {
    expect(rows(query)).toEqual(expected);
  });
}

describe('join and lookup', () => {
  const people = "let L = datatable(k:string, a:long)['x',1,'x',2,'y',3,'',4];";
  const others = "let R = datatable(k:string, b:long)['x',10,'x',20,'z',30];";
  const both = (operator: string) => `${people}${others} L | ${operator} | sort by a asc, b asc`;

  table([
    [
      both('join kind=inner R on k | project a, b'),
      [
        [1, 10],
        [1, 20],
        [2, 10],
        [2, 20],
      ],
    ],
    [
      both('join R on k | project a, b'),
      [
        [1, 10],
        [1, 20],
      ],
    ],
    [
      both('join kind=leftouter R on k | project a, b, k1'),
      [
        [1, 10, 'x'],
        [1, 20, 'x'],
        [2, 10, 'x'],
        [2, 20, 'x'],
        [3, null, ''],
        [4, null, ''],
      ],
    ],
    [
      both('join kind=rightouter R on k | project a, b'),
      [
        [null, 30],
        [1, 10],
        [1, 20],
        [2, 10],
        [2, 20],
      ],
    ],
    [both('join kind=fullouter R on k | summarize a = count(), b = countif(isnull(a))'), [[7, 1]]],
    [`${people}${others} L | join kind=leftanti R on k | project a`, [[3], [4]]],
    [`${people}${others} L | join kind=leftsemi R on k | project a`, [[1], [2]]],
    [`${people}${others} L | join kind=rightanti R on k | project b`, [[30]]],
    [`${people}${others} L | join kind=rightsemi R on k | project b`, [[10], [20]]],
    [
      `${people}${others} L | lookup R on k | project a, b | where a > 2`,
      [
        [3, null],
        [4, null],
      ],
    ],
    [`${people}${others} L | lookup kind=inner R on k | count`, [[4]]],
    [
      'U | join kind=inner (T | project other = name, n) on $left.name == $right.other | project amount, n',
      [
        [10, 1],
        [20, 1],
        [30, 2],
      ],
    ],
    [
      'T | join kind=inner (T | project n) on n | project n, n1',
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ],
  ]);

  it('gives the right side its own names and drops the keys of a lookup', () => {
    expect(header('U | join kind=inner U on name')).toBe(
      'name:string amount:long name1:string amount1:long',
    );
    expect(header('U | lookup (U | project name, x = amount) on name')).toBe(
      'name:string amount:long x:long',
    );
  });
});

describe('union', () => {
  table([
    ['union U, U | count', [[8]]],
    ['U | union (U | where amount > 30) | count', [[5]]],
    [
      'union withsource=src T, U | summarize count() by src',
      [
        ['T', 4],
        ['U', 4],
      ],
    ],
    ['union kind=inner (T | project name, n), U | distinct name | count', [[5]]],
    ['union isfuzzy=true U, Nowhere | count', [[4]]],
    [
      "let a = datatable(x:long)[1]; let b = datatable(x:string)['s']; union a, b",
      [
        [1, ''],
        [null, 's'],
      ],
    ],
  ]);

  it('keeps columns of one name apart when their types differ', () => {
    expect(header("union (print x = 1), (print x = 's')")).toBe('x_long:long x_string:string');
  });
});

describe('mv-expand and mv-apply', () => {
  table([
    [
      'T | mv-expand tag = d.tags | project n, tag',
      [
        [1, 'x'],
        [1, 'y'],
        [3, 'x'],
        [null, null],
      ],
    ],
    ['print a = dynamic([]) | mv-expand a', []],
    ['print a = dynamic(null) | mv-expand a', [[null]]],
    ["print a = dynamic({'x':1,'y':2}) | mv-expand a", [[{ x: 1 }], [{ y: 2 }]]],
    ["print a = dynamic({'x':1}) | mv-expand kind=array a | project a[0], a[1]", [['x', 1]]],
    ["print a = dynamic([1,'2',true]) | mv-expand a to typeof(long)", [[1], [null], [null]]],
    ["print a = dynamic([1,'b',null]) | mv-expand a to typeof(string)", [['1'], ['b'], ['']]],
    [
      'print a = dynamic([1,2,3]), b = dynamic([9]) | mv-expand with_itemindex=i a, b | project i, a, b',
      [
        [0, 1, 9],
        [1, 2, null],
        [2, 3, null],
      ],
    ],
    ['print a = dynamic([1,2,3]) | mv-expand a limit 2', [[1], [2]]],
    [
      'T | mv-apply tag = d.tags to typeof(string) on (summarize tags = make_list(tag)) | project n, tags',
      [
        [1, ['x', 'y']],
        [3, ['x']],
        [null, ['']],
      ],
    ],
    ["T | mv-apply tag = d.tags on (where tostring(tag) == 'y') | project n, tag", [[1, 'y']]],
    ['print a = dynamic([5,7,6]) | mv-apply a to typeof(long) on (top 1 by a) | project a', [[7]]],
    [
      'T | take 1 | mv-apply t = d.tags on (extend i = row_number() | project t, i) | project n, t, i',
      [
        [1, 'x', 1],
        [1, 'y', 2],
      ],
    ],
  ]);
});
