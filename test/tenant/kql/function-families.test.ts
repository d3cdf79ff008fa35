import { rows, value } from './support.js';

type Case = readonly [expression: string, expected: unknown];

function table(cases: readonly Case[]): void {
  it.each(cases)('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });
}

describe('text functions', () => {
  table([
    ["strcat('a', 1, true, 1h)", 'a1true01:00:00'],
    ["strcat_delim('-', 'a', 1)", 'a-1'],
    ["strlen('grün😀')", 5],
    ["toupper('ab')", 'AB'],
    ["substring('hello', 1, 3)", 'ell'],
    ["substring('hello', -3)", 'llo'],
    ["substring('hello', 9)", ''],
    ["split('a,b,,c', ',')", ['a', 'b', '', 'c']],
    ["split('a,b', ',', 1)", ['b']],
    ["split('a,b', ',', 5)", []],
    ["split('a,b', '')", ['a,b']],
    ["trim('-+', '--a-b--')", 'a-b'],
    ["trim_start('x', 'xxa')", 'xa'],
    ["trim_end(@'\\s+', 'a  ')", 'a'],
    ["replace_string('a.b.c', '.', '$&')", 'a$&b$&c'],
    ["replace_regex('user-42', @'(\\w+)-(\\d+)', @'\\2:\\1')", '42:user'],
    ["extract('(\\\\d+)-(\\\\d+)', 2, 'a 12-34')", '34'],
    ["extract('x', 0, 'abc')", ''],
    ["extract('([0-9]+)', 1, 'ab12', typeof(long)) + 1", 13],
    [
      "extract_all('([a-z])([0-9])', 'a1b2')",
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ["indexof('abcabc', 'c', 3)", 5],
    ["indexof('abc', 'x')", -1],
    ["indexof('aXbXc', 'X', 0, -1, 2)", 3],
    ["countof('aaa', 'aa')", 2],
    ["countof('aaa', 'aa', 'regex')", 1],
    ["reverse('abc')", 'cba'],
    ["strcmp('a', 'b')", -1],
    ["strrep('ab', 2)", 'abab'],
    ["strcat_array(dynamic(['a', 1, null]), '|')", 'a|1|'],
    ["url_decode('a%20b%3D')", 'a b='],
    ["base64_decode_tostring('aGVsbG8=')", 'hello'],
    ["base64_encode_tostring('hello')", 'aGVsbG8='],
    ["hash('World', 100)", 51],
    ["hash_sha256('World')", '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524'],
    ["'a' 'b'", 'ab'],
    ["@'a\\b'", 'a\\b'],
    ["h'secret'", 'secret'],
  ]);
});

describe('time functions', () => {
  table([
    ['now()', '2026-03-10T12:00:00.0000000Z'],
    ['now(-1h)', '2026-03-10T11:00:00.0000000Z'],
    ['ago(1d)', '2026-03-09T12:00:00.0000000Z'],
    ['startofday(now())', '2026-03-10T00:00:00.0000000Z'],
    ['startofday(now(), -1)', '2026-03-09T00:00:00.0000000Z'],
    ['endofday(now())', '2026-03-10T23:59:59.9999999Z'],
    ['startofweek(now())', '2026-03-08T00:00:00.0000000Z'],
    ['startofmonth(now())', '2026-03-01T00:00:00.0000000Z'],
    ['endofmonth(datetime(2024-02-10))', '2024-02-29T23:59:59.9999999Z'],
    ['startofyear(now())', '2026-01-01T00:00:00.0000000Z'],
    ["datetime_diff('day', datetime(2026-03-10 00:01), datetime(2026-03-09 23:59))", 1],
    ["datetime_diff('month', datetime(2026-03-01), datetime(2026-01-31))", 2],
    ["datetime_diff('minute', datetime(2026-01-01), datetime(2026-01-01 01:00))", -60],
    ["datetime_add('month', 1, datetime(2026-01-31 05:00))", '2026-02-28T05:00:00.0000000Z'],
    ["datetime_add('day', -1, datetime(2026-03-01))", '2026-02-28T00:00:00.0000000Z'],
    ["datetime_part('Quarter', now())", 1],
    [
      "format_datetime(datetime(2026-03-04 15:06:07.89), 'yy-M-d [hh:mm:ss.fff tt]')",
      '26-3-4 [03:06:07.890 PM]',
    ],
    ["format_timespan(time(1.02:03:04.5), 'd.HH:mm:ss.f')", '1.02:03:04.5'],
    ['dayofweek(now())', '2.00:00:00'],
    ['hourofday(now())', 12],
    ['week_of_year(datetime(2026-01-01))', 1],
    ['make_datetime(2026, 2, 3, 4, 5, 6.5)', '2026-02-03T04:05:06.5000000Z'],
    ['make_timespan(1, 2, 3)', '01:02:03'],
    ['unixtime_seconds_todatetime(86400)', '1970-01-02T00:00:00.0000000Z'],
    ['datetime("2026-01-01T00:00:00.1234567Z")', '2026-01-01T00:00:00.1234567Z'],
    ['datetime(1601-01-01)', '1601-01-01T00:00:00.0000000Z'],
  ]);
});

describe('dynamic functions', () => {
  table([
    ['array_length(dynamic([1, 2]))', 2],
    ['array_length(parse_json(\'{"a":1}\'))', null],
    ['array_concat(dynamic([1]), dynamic([2, [3]]))', [1, 2, [3]]],
    ['array_slice(dynamic([1, 2, 3, 4]), 1, -2)', [2, 3]],
    ["array_index_of(dynamic(['a', 'b']), 'b')", 1],
    ['array_sort_desc(dynamic([1, 3, 2]))', [3, 2, 1]],
    ["bag_pack('a', 1, 'b', now())", { a: 1, b: '2026-03-10T12:00:00.0000000Z' }],
    ["pack('a', dynamic(null))", { a: null }],
    ["pack_array(1, 'x', long(null))", [1, 'x', null]],
    ["bag_keys(dynamic({'a':1,'b':2}))", ['a', 'b']],
    ["bag_merge(dynamic({'a':1}), dynamic({'a':2,'b':3}))", { a: 1, b: 3 }],
    ["bag_has_key(dynamic({'a':1}), 'a')", true],
    ["set_has_element(dynamic(['a', 1]), 1)", true],
    ["set_has_element(dynamic(['a', 1]), '1')", false],
    ['set_union(dynamic([1, 2]), dynamic([2, 3]))', [1, 2, 3]],
    ['set_intersect(dynamic([1, 2]), dynamic([2, 3]))', [2]],
    ['set_difference(dynamic([1, 2]), dynamic([2, 3]))', [1]],
    ['range(1, 5, 2)', [1, 3, 5]],
    ['extract_json(\'$.a[0].b\', \'{"a":[{"b":7}]}\')', '7'],
    ["dynamic([-1, 2.5, 'x', true, null, {'k': []}])", [-1, 2.5, 'x', true, null, { k: [] }]],
    ['dynamic([1, 2, 3])[-1]', 3],
    ['dynamic([1])[5]', null],
    ["dynamic({'a b':1})['a b']", 1],
    ["dynamic({'k':'v'})[strcat('', 'k')]", 'v'],
  ]);

  it('reads rows and columns as bags', () => {
    expect(rows('U | take 1 | project pack_all()')).toEqual([[{ name: 'Alpha one', amount: 10 }]]);
    expect(rows('T | sort by n asc | take 1 | project pack_all(true)')).toEqual([
      [{ TimeGenerated: '2026-03-10T11:59:59.9999999Z', ok: true }],
    ]);
  });

  it('measures text in bytes and other types by their width', () => {
    expect(
      rows("print s = 'grün', n = 1, d = dynamic({'a':1}) | project estimate_data_size(*)"),
    ).toEqual([[5 + 8 + 7]]);
  });
});

describe('hash', () => {
  it('spreads values over all shards and puts each value into one', () => {
    const shards = rows(
      'range x from 1 to 400 step 1 | summarize n = count() by s = hash(tostring(x), 4)',
    );

    expect(shards.map(([shard]) => shard).sort()).toEqual([0, 1, 2, 3]);
    expect(shards.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(400);
    for (const [, count] of shards) expect(Number(count)).toBeGreaterThan(60);
  });
});
