// What `vendor/markdown-it.js` is to the type checker (tsconfig.browser.json lays types/ over the project): the served file is the
// part of node_modules/markdown-it that messages need (services/site/markdown-module.ts).
import MarkdownIt from 'markdown-it';
export declare const ParserBlock: typeof MarkdownIt.ParserBlock;
export declare const ParserInline: typeof MarkdownIt.ParserInline;
