/**
 * What browsers load, without its comments: they are a third of our scripts, compressed, too. No parser stands behind this:
 * comments that fill whole lines go, and those of types within a line. That nothing else goes from any module of ours is
 * held against TypeScript's parser by test/site/browser-modules.test.ts.
 */
const BLOCK = String.raw`\/\*(?:(?!\*\/)[\s\S])*\*\/`;
const WHOLE_LINES = new RegExp(String.raw`^[ \t]*(?:${BLOCK}[ \t]*|\/\/.*)(?:\n|$)`, 'gm');
const TYPE = new RegExp(String.raw`\/\*(?=\*)(?:(?!\*\/)[\s\S])*\*\/ ?`, 'g');

/** @param text of a script or a stylesheet */
export const withoutComments = (text: string): string => text.replace(WHOLE_LINES, '').replace(TYPE, '');
