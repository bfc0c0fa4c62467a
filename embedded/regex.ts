// Regular expressions of filters: MongoDB's PCRE patterns, run by JavaScript where the two agree.
import { BSONRegExp, type Value } from './bson/values.js';
import { CommandError, notImplemented } from './errors.js';

/** MongoDB speaks PCRE, we have JavaScript's: what the two read differently is refused. */
const PCRE_ONLY = /\(\?[#>|&P+\-imsxR(0-9]|\(\*|\\[AzZGKQEhHRXCNgalo]|\[\[:|[*+?}]\+|\\x\{|\$\)|\\p|\\P/;

export function regexTest(value: BSONRegExp): (leaf: Value) => boolean {
  let { pattern } = value;
  let flags = 'u';
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  if (inline) pattern = pattern.slice(inline[0].length);
  for (const option of value.options + (inline?.[1] ?? '')) {
    if (option === 'x') throw notImplemented('regex option x');
    if (option === 'u') continue;
    if (option === 'l') throw notImplemented('regex option l');
    if (!flags.includes(option)) flags += option;
  }
  if (PCRE_ONLY.test(pattern)) throw notImplemented(`the regular expression syntax of /${pattern}/`);
  const compiled = compileRegex(pattern, flags);
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
