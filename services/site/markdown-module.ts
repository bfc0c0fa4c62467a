/**
 * The part of markdown-it that messages need (shared/markdown.js), cut out of the package's own file for browsers: a fifth of
 * what a page would load with links, tables, HTML and their tables of names, which no message has. Why: docs/decisions/.
 */

/** Regions of the package's file, in its order, by the end of their names. */
const KEPT = [
  'rolldown/runtime.js',
  'src/common/utils.ts',
  'helpers/esm/typeof.js',
  'helpers/esm/toPrimitive.js',
  'helpers/esm/toPropertyKey.js',
  'helpers/esm/defineProperty.js',
  'src/token.ts',
  'src/ruler.ts',
  'src/rules_block/state_block.ts',
  'src/rules_block/fence.ts',
  'src/rules_block/blockquote.ts',
  'src/rules_block/list.ts',
  'src/rules_block/paragraph.ts',
  'src/parser_block.ts',
  'src/rules_inline/state_inline.ts',
  'src/rules_inline/text.ts',
  'src/rules_inline/backticks.ts',
  'src/rules_inline/strikethrough.ts',
  'src/rules_inline/emphasis.ts',
  'src/rules_inline/balance_pairs.ts',
  'src/rules_inline/fragments_join.ts',
  'src/parser_inline.ts',
];
/** Rules that the parsers name and messages switch off. */
const LEFT_OUT = [
  ...['table', 'code', 'hr', 'reference', 'html_block', 'heading', 'lheading'],
  ...['linkify', 'newline', 'escape', 'link', 'image', 'autolink', 'html_inline', 'entity'],
];
const REGION = /^\/\/#region (.*)\n([\s\S]*?)^\/\/#endregion$/gm;
const COMMENT = /^\s*\/\*[\s\S]*?\*\/\n/gm;

/**
 * @param source markdown-it's dist/markdown-it.mjs
 * @returns a module that exports `ParserBlock` and `ParserInline`
 * @throws Error where the package is laid out in another way than the version this was written for
 */
export function markdownModule(source: string): string {
  const regions = [...source.matchAll(REGION)].map(([, name = '', text = '']) => ({ name, text }));
  const kept = KEPT.map((name) => {
    const found = regions.find((region) => region.name.endsWith(name));
    if (!found) throw new Error(`markdown-it has no ${name}: see services/site/markdown-module.ts`);
    return found.text.replace(COMMENT, '');
  });
  return [
    /^\/\*!.*\*\/$/m.exec(source)?.[0] ?? '',
    'const [mdurl, ucmicro, decodeHTMLStrict] = [null, null, null];',
    ...kept,
    ...LEFT_OUT.map((name) => `function ${name}() { return false; }`),
    'export { ParserBlock, ParserInline };',
    '',
  ].join('\n');
}
