/** The Markdown of messages on the server; shared/markdown.js says what it is. */
import MarkdownIt from 'markdown-it';
import { markdown, plainText } from '../../shared/markdown.js';

/** What a text is made of. @returns paragraphs, code, quotes and lists, in order. */
export const partsOf = markdown(MarkdownIt);

/** A text without its marks, for one line or a file. */
export const plainOf = (text: string): string => plainText(partsOf(text));
