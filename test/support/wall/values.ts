/** Classes of bad values, for every field of every body, payload and frame, and for every part of every address. */

export const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

export interface Value {
  name: string;
  value: unknown;
}

const named = (values: Record<string, unknown>): Value[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** Of a type that no field has: each is refused, everywhere. */
export const WRONG_TYPES = named({
  'an operator': { $ne: null },
  'a comparison': { $gt: '' },
  'code for the database': { $where: 'sleep(5000)' },
  'a pattern': { $regex: '.*' },
  'an empty object': {},
  'an object in an object': { text: { text: 'x' } },
  'an own __proto__': JSON.parse('{"__proto__":{"admin":true}}'),
  'a toString': { toString: 1, valueOf: 2 },
  'a toJSON': { toJSON: 'x' },
  'an empty array': [],
  'an array of texts': ['a', 'b'],
  'arrays 500 deep': JSON.parse(deep(500)),
});

/** A field may take these or not: it is refused, or it counts as what it is. */
export const ODD_VALUES = named({
  null: null,
  true: true,
  zero: 0,
  'below zero': -1,
  'a number between': 2.5,
  'a number beyond counting': 1e20,
  'an empty text': '',
  spaces: '   ',
  'a zero byte': 'a\0b',
  'half a surrogate pair': 'a\ud800',
  'a turned direction': 'abc\u202edef',
  'nothing that is seen': '\u200b\u2060\u2800',
  'many combining marks': `a${'\u0301'.repeat(500)}`,
  '10,000 characters': 'x'.repeat(10_000),
  'lines without end': 'a\n'.repeat(1_000),
  'a script': '"><script>alert(1)</script>',
  'a template': '{{7*7}}{% include "/etc/passwd" %}',
  'a path': '../../etc/passwd',
  'an operator in a text': '{"$gt":""}',
  'a number in a text': '1e3',
  'the name of a prototype': '__proto__',
  'a date': new Date(0),
  'an escape of the terminal': '\u001b[2J\u2028\r\nx: y',
});

/** What stands where an id belongs, escaped as an address carries it. */
export const BAD_IDS: Record<string, string> = {
  'no id': 'not-an-id',
  'an id of nothing': '0'.repeat(24),
  'twelve bytes': 'aaaaaaaaaaaa',
  'a zero byte': '%00',
  'a path': '..%2f..%2f..%2fetc%2fpasswd',
  'an object': '%5Bobject%20Object%5D',
  'an operator': '%5B%24ne%5D',
  'the name of a prototype': '__proto__',
  'half an escape': '%E0%A4%A',
  '9 KB': 'x'.repeat(9_000),
};

/** What stands where a parameter of a query belongs, escaped; `NAME` is that of the parameter. */
export const BAD_QUERIES: Record<string, string> = {
  empty: 'NAME=',
  'below zero': 'NAME=-1',
  'a number beyond counting': 'NAME=1e99',
  'a number without end': `NAME=${'9'.repeat(400)}`,
  'a script': 'NAME=%3Cscript%3Ealert(1)%3C/script%3E',
  'a pattern without end': 'NAME=(a%2B)%2B%24',
  'half a surrogate pair': 'NAME=%ED%A0%80',
  'a zero byte': 'NAME=a%00b',
  'half an escape': 'NAME=%E0%A4%A',
  'an operator': 'NAME[%24ne]=1',
  'a list': 'NAME[]=1&NAME[]=2',
  'a prototype': '__proto__[NAME]=1&constructor[prototype][NAME]=1',
  twice: 'NAME=1&NAME=2',
  '5 KB': `NAME=${'x'.repeat(5_000)}`,
};

/** WALL=whole: every class in every field. Else each in one field, and of the odd ones every second: what a commit can afford. */
export const WHOLE = process.env['WALL'] === 'whole';

/** A good object with a field replaced by each value: with each of its fields, or with one of them for each value. */
export function* spoiled<T extends object>(good: T, values: Value[]): Generator<Value & { value: T; field: string }> {
  const fields = Object.keys(good);
  // Which half of the odd values it meets goes by the names of its fields, so that all of them meet every class.
  const skipped = WHOLE || values !== ODD_VALUES ? null : fields.join().length % 2;
  for (const [at, { name, value }] of values.entries())
    if (at % 2 !== skipped)
      for (const field of WHOLE ? fields : fields.slice(at % fields.length, (at % fields.length) + 1))
        yield { name: `${name} as ${field}`, value: { ...good, [field]: value }, field };
}
