/** Texts that have marks, or look as if they had: what each is made of, written as tags. */
import fc from 'fast-check';

/** Text -> what it is made of; a text alone stays as it is, one paragraph. */
export const TEXTS: readonly (readonly [string, string] | string)[] = [
  ['hi **bold** *it* ~~s~~ `c`', '<p>hi <strong>bold</strong> <em>it</em> <s>s</s> <code>c</code></p>'],
  ['***both*** and **a *b* c**', '<p><em><strong>both</strong></em> and <strong>a <em>b</em> c</strong></p>'],
  ['**굵게**는 *중요*한 **(예시)**도', '<p><strong>굵게</strong>는 <em>중요</em>한 <strong>(예시)</strong>도</p>'],
  ['**a\nb**', '<p><strong>a\nb</strong></p>'],
  ['`<b> **x** https://x.org @you`', '<p><code><b> **x** https://x.org @you</code></p>'],
  ['```a``` b', '<p><code>a</code> b</p>'],
  ['```js\nx *y* https://x.org\n  z\n```\nafter', '<pre label=js>x *y* https://x.org\n  z</pre><p>after</p>'],
  ['```\nnever closed', '<pre>never closed</pre>'],
  ['> quoted\nan answer', '<blockquote><p>quoted</p></blockquote><p>an answer</p>'],
  ['> a\n>\n> b\n\n> c', '<blockquote><p>a\n\nb</p></blockquote><blockquote><p>c</p></blockquote>'],
  ['- a\n- b\n  - c\nafter', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>after</p>'],
  ['1. a\n3. **b**', '<ol><li number=1>a</li><li number=3><strong>b</strong></li></ol>'],
  ['> - a\n> - b', '<blockquote><ul><li>a</li><li>b</li></ul></blockquote>'],
  ['- a\n\n  b\n- c', '<ul><li>a\n\nb</li><li>c</li></ul>'],
  ['a\n\n\n  b *c*', '<p>a\n\n\nb <em>c</em></p>'],
  ['a\r\n- b', '<p>a</p><ul><li>b</li></ul>'],
  ['**https://x.org/a** (www.x.org)', '<p><strong><a>https://x.org/a</a></strong> (<a>www.x.org</a>)</p>'],
  ['[here](https://x.org) ![x](https://x.org)', '<p>[here](<a>https://x.org</a>) ![x](<a>https://x.org</a>)</p>'],
  // What people type in chats, and mean no mark by.
  ...['김**님 박**님', '5*3*2 = 30', 'p***rd and s****t', 'a * b * c', '2026. 11. 26. 회의', '1990. 그해 여름'],
  ...[
    '*^^* 안녕 *^^*',
    '>_< hi',
    '¯\\_(ツ)_/¯',
    '__init__ snake_case_name',
    '오~~좋다~~',
    '네~~ 알겠습니다~~',
    '~~~\nx\n~~~',
  ],
  ...[
    '-',
    '1.',
    '*',
    '>',
    '>>',
    '```',
    '```안녕',
    '* * *',
    '- - a',
    '---',
    '**never closed',
    '02-***-1234, 010-****-5678',
  ],
  ...[
    '# no heading',
    'no\n===\nheading',
    '| a | b |\n|---|---|',
    '<b>no HTML</b> <!-- -->',
    '&amp; &lt;',
    '\\*x',
    '(*) and (*)',
  ],
  ...['   spaces   stay   ', '안녕하세요', '가격* 100원, *부가세 별도'],
];

/** Texts that would take long where time grew faster than length: 4,000 characters each. */
export const HOSTILE: readonly string[] = [
  ...[
    '*_[',
    '*a ',
    ' *a*',
    '~~a ',
    '**a *b ',
    '- *',
    '> ',
    '- ',
    '```\n',
    '`a',
    'a\n> q\n',
    '> - 1. ',
    '*\n',
    '>',
    '[',
    '\\',
  ],
  ...['(*', '*)', '~~', '`', '``a`', '1. a\n', '  - a\n'],
].map((unit) => unit.repeat(Math.ceil(4_000 / unit.length)).slice(0, 4_000));

const piece = fc.oneof(
  fc.constantFrom(
    '*',
    '**',
    '~~',
    '`',
    '```',
    '\n',
    '\n\n',
    '> ',
    '- ',
    '1. ',
    '  ',
    ' ',
    '_',
    '<',
    '&',
    '"',
    '(',
    ')',
    '\\',
  ),
  fc.constantFrom('a', 'word', '가나', '2', 'https://x.org/a', '@you', '😀', '#', '|', '.', ',', '\t', '\r\n'),
);
/** Texts put together of marks, words and ends of lines. */
export const marked: fc.Arbitrary<string> = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
