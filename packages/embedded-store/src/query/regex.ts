// Regular expressions of filters: MongoDB's PCRE patterns, run by JavaScript where the two agree or can be made to.
import { BSONRegExp, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';

/** What `\s` is in PCRE; JavaScript's takes in all of Unicode's spaces. */
const BLANKS = '\\t\\n\\v\\f\\r ';

/** Syntax that PCRE and JavaScript read differently and that is not rewritten, by its position in a pattern. */
const PCRE_ONLY = {
  escape: /^\\(?:[AzZGKQEhHRXCNgalovVpP1-9]|x\{)/,
  group: /^\((?:\*|\?[#>|&P+\-imsxR(0-9])/,
  class: /^\[\^?\]/,
  inClass: /^\[[:.=]/,
  possessive: /^[*+?}]\+/,
};

/** PCRE's newline is "\n" alone, and its `$` stands before one at the end as well. JavaScript's flags s and m are not needed after this. */
function rewrite(pattern: string, dotAll: boolean, multiline: boolean): string {
  let out = '';
  let inClass = false;
  const refuse = (what: keyof typeof PCRE_ONLY, at: number) => {
    if (PCRE_ONLY[what].test(pattern.slice(at, at + 4)))
      throw notImplemented(`the regular expression syntax of /${pattern}/`);
  };
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '\\') {
      refuse('escape', i);
      const next = pattern[++i] ?? '';
      if (next === 's') out += inClass ? BLANKS : `[${BLANKS}]`;
      else if (next === 'S' && inClass) throw notImplemented('\\S within a class of a regular expression');
      else out += next === 'S' ? `[^${BLANKS}]` : char + next;
      continue;
    }
    if (inClass) {
      refuse('inClass', i);
      inClass = char !== ']';
      out += char;
      continue;
    }
    refuse('group', i);
    refuse('class', i);
    refuse('possessive', i);
    inClass = char === '[';
    if (char === '.') out += dotAll ? '[^]' : '[^\\n]';
    else if (char === '$') out += multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))';
    else if (char === '^' && multiline) out += '(?:(?<![^])|(?<=\\n)(?=[^]))';
    else out += char;
  }
  return out;
}

export function regexTest(value: BSONRegExp): (leaf: Value) => boolean {
  let { pattern } = value;
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  if (inline) pattern = pattern.slice(inline[0].length);
  const options = value.options + (inline?.[1] ?? '');
  if (options.includes('x')) throw notImplemented('regex option x');
  if (options.includes('l')) throw notImplemented('regex option l');
  const compiled = compileRegex(
    rewrite(pattern, options.includes('s'), options.includes('m')),
    options.includes('i') ? 'iu' : 'u',
  );
  return (leaf) => {
    if (typeof leaf === 'string') return compiled.test(leaf);
    return leaf instanceof BSONRegExp && leaf.pattern === value.pattern && leaf.options === value.options;
  };
}

function compileRegex(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    // the unicode flag refuses needless escapes that PCRE allows
  }
  try {
    return new RegExp(pattern, flags.replace('u', ''));
  } catch (error) {
    throw new CommandError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}
