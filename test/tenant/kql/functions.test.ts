import { rows, value } from './support.js';

type Case = readonly [expression: string, expected: unknown];

function table(cases: readonly Case[]): void {
  it.each(cases)('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });
}

describe('nulls', () => {
  table([
    ['long(null) == 1', false],
    ['long(null) != 1', true],
    ['long(null) == long(null)', null],
    ['long(null) != long(null)', null],
    ['long(null) < 1', null],
    ['1 >= real(null)', null],
    ['long(null) + 1', null],
    ['-long(null)', null],
    ['not(bool(null))', null],
    ['bool(null) and false', false],
    ['bool(null) and true', null],
    ['bool(null) or true', true],
    ['bool(null) or false', null],
    ['long(null) in (1, 2)', false],
    ['long(null) !in (1, 2)', true],
    ['long(null) between (1 .. 2)', null],
    ['now() - datetime(null)', null],
    ['isnull(long(null))', true],
    ["isnull('')", false],
    ['isnotnull(dynamic(null))', false],
    ["isempty('')", true],
    ['isempty(long(null))', true],
    ["isempty(dynamic(''))", true],
    ["isnotempty(dynamic({'a':1}).b)", false],
    ["iff(bool(null), 'yes', 'no')", 'no'],
    ['coalesce(long(null), 7)', 7],
    ["coalesce('', 'b')", 'b'],
    ['min_of(long(null), 3, 2)', 2],
    ['max_of(1, 2.5)', 2.5],
    ["case(1 > 2, 'a', 2 > 1, 'b', 'c')", 'b'],
    ["case(1 > 2, 'a', bool(null), 'b', 'c')", 'c'],
    ['tostring(long(null))', ''],
    ['strcat("a", tostring(datetime(null)), "b")', 'ab'],
    ['tolower(dynamic(null))', ''],
    ["dynamic({'a':1}).b.c.d", null],
    ["dynamic({'a':'text'}).a.b", null],
    ["dynamic({'a':1}).toString", null],
    ["dynamic({'a':null}).a == 'x'", false],
  ]);
});

describe('string operators keep their rules of case and terms', () => {
  table([
    ["'abc' == 'ABC'", false],
    ["'abc' =~ 'ABC'", true],
    ["'abc' !~ 'ABC'", false],
    ["'abc' != 'ABC'", true],
    ["'Disable account' has 'disable'", true],
    ["'Disable account' has 'dis'", false],
    ["'Disable account' has_cs 'disable'", false],
    ["'Disable account' !has 'account'", false],
    ["'ab-cd_ef' has 'cd'", true],
    ["'AccountEnabled' has 'Account'", false],
    [
      "'Update application – Certificates and secrets management ' has 'Certificates and secrets management'",
      true,
    ],
    ["'Update application – x' == 'Update application - x'", false],
    ["'größe' has 'gr'", false],
    ["'x@contoso.com' has 'contoso.com'", true],
    ["'abc' hasprefix 'AB'", true],
    ["'abc' hassuffix 'BC'", true],
    ["'xabc' hasprefix 'ab'", false],
    ["'abc' contains 'B'", true],
    ["'abc' contains_cs 'B'", false],
    ["'abc' !contains 'b'", false],
    ["'abc' startswith 'AB'", true],
    ["'abc' startswith_cs 'AB'", false],
    ["'abc' !startswith 'x'", true],
    ["'abc' endswith 'BC'", true],
    ["'abc' endswith_cs 'BC'", false],
    ["'a' in ('A')", false],
    ["'a' in~ ('A', 'b')", true],
    ["'a' !in~ ('A')", false],
    ["'b' in (dynamic(['a', 'b']))", true],
    ['3 in (1, 2, 3)', true],
    ["3 in (dynamic([1, '3']))", false],
    ["'one two' has_any ('x', 'TWO')", true],
    ["'one two' has_any (dynamic(['x', 'y']))", false],
    ["'one two' has_all ('two', 'one')", true],
    ["'one two' has_all ('two', 'three')", false],
    ["'user42' matches regex '^user[0-9]+$'", true],
    ["'USER42' matches regex '^user'", false],
    ["'USER42' matches regex '(?i)^user'", true],
    ["'abc' has ''", true],
    ["dynamic(['x', 'y']) has 'x'", true],
    ["dynamic({'a':'x'}).a == 'x'", true],
    ["dynamic({'a':5}).a == 5", true],
    ["dynamic({'a':'5'}).a == 5", false],
    ["dynamic({'a':true}).a == true", true],
    ["dynamic({'a':'2026-01-01'}).a == datetime(2026-01-01)", true],
    ["guid(AAAAAAAA-0000-0000-0000-000000000001) == 'aaaaaaaa-0000-0000-0000-000000000001'", true],
  ]);
});

describe('arithmetic', () => {
  table([
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7.0 / 2', 3.5],
    ['1 / 0', null],
    ['1.0 / 0', 'Infinity'],
    ['0.0 / 0', 'NaN'],
    ['-14 % 12', 10],
    ['14 % -12', 2],
    ['2 + 3 * 4', 14],
    ['1h + 30m', '01:30:00'],
    ['2 * 1d', '2.00:00:00'],
    ['5h / 2h', 2.5],
    ['1d / 4', '06:00:00'],
    ['1h - 2h', '-01:00:00'],
    ['25h % 1d', '01:00:00'],
    ['datetime(2026-01-02) - datetime(2026-01-01)', '1.00:00:00'],
    ['datetime(2026-01-01) + 36h', '2026-01-02T12:00:00.0000000Z'],
    ['datetime(2026-01-01 00:00:00.0000001) > datetime(2026-01-01)', true],
    ['datetime(2026-01-01) between (datetime(2025-12-31) .. 1d)', true],
    ['datetime(9999-12-31) + 10d', null],
    ['0x1f', 31],
    ['1e3', 1000],
    ['bin(7, 5)', 5],
    ['bin(-7, 5)', -10],
    ['bin(4.7, 0.5)', 4.5],
    ['floor(7, 2)', 6],
    ['bin(7, 0)', null],
    ['bin(datetime(2026-03-10 13:45), 1h)', '2026-03-10T13:00:00.0000000Z'],
    ['bin(datetime(2026-03-10), 7d)', '2026-03-09T00:00:00.0000000Z'],
    ['bin(90m, 1h)', '01:00:00'],
    ['bin_at(6.5, 2.5, 7)', 4.5],
    ['round(2.5)', 3],
    ['round(-2.345, 2)', -2.35],
    ['ceiling(1.2)', 2],
    ['abs(-3)', 3],
    ['sign(-3)', -1],
    ['pow(2, 10)', 1024],
    ['sqrt(-1)', null],
    ['isnan(0.0 / 0)', true],
  ]);
});

describe('conversions', () => {
  table([
    ["toint('42')", 42],
    ["toint('3000000000')", null],
    ["tolong('0x1f')", 31],
    ["tolong('1.5')", null],
    ['tolong(1.9)', 1],
    ["tolong(dynamic('7'))", 7],
    ["todouble('1e3')", 1000],
    ["todouble('x')", null],
    ["tobool('TRUE')", true],
    ["tobool('yes')", null],
    ['tobool(2)', true],
    ["toguid('74BE27DE1E4E49D9B579FE0B331D3642')", '74be27de-1e4e-49d9-b579-fe0b331d3642'],
    ["toguid('not a guid')", null],
    ['tostring(true)', 'true'],
    ['tostring(1.5)', '1.5'],
    ['tostring(90m)', '01:30:00'],
    ['tostring(1d + 1tick)', '1.00:00:00.0000001'],
    ['tostring(datetime(2026-01-01))', '2026-01-01T00:00:00.0000000Z'],
    ["tostring(dynamic({'a':[1,'x',null]}))", '{"a":[1,"x",null]}'],
    ["tostring(dynamic('plain'))", 'plain'],
    ["todatetime('2026-01-05 10:00')", '2026-01-05T10:00:00.0000000Z'],
    ["todatetime('2026-01-05T10:00:00+02:00')", '2026-01-05T08:00:00.0000000Z'],
    ["todatetime('2026-02-30')", null],
    ["todatetime('5')", null],
    ["todatetime(dynamic('2026-01-05T10:00:00.1234567Z'))", '2026-01-05T10:00:00.1234567Z'],
    ["totimespan('1.02:03:04')", '1.02:03:04'],
    ["totimespan('90s')", '00:01:30'],
    ["totimespan('25:00')", null],
    ['parse_json(\'{"a":[1,{"b":2}]}\').a[1].b', 2],
    ["parse_json('not json')", 'not json'],
    ["parse_json('')", null],
    ["todynamic('[1]')[0]", 1],
    ['parse_json(dynamic(\'{"a":1}\')).a', null],
    ['parse_json(tostring(dynamic(\'{"a":1}\'))).a', 1],
    ['gettype(1)', 'long'],
    ["gettype(dynamic('x'))", 'string'],
    ['gettype(dynamic([]))', 'array'],
    ['gettype(dynamic({}))', 'dictionary'],
    ['gettype(dynamic(1.5))', 'double'],
    ["gettype(dynamic({'a':1}).b)", 'null'],
  ]);
});

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
