/**
 * What a transcript looks like, of whatever conversation: who said what and what happened, in order, as plain text or as one
 * HTML file. It is written piece by piece, so that it is never in memory as a whole. Nothing that was said can look like
 * something else: in the text, every further line of an entry is indented; in HTML, everything is escaped, and a policy in
 * the file itself lets no script run and nothing be loaded, wherever it is opened.
 */
import { createHash } from 'node:crypto';
import { when } from '../../shared/when.js';
import { escapeHtml } from '../site/html.js';
import type { Lang } from '../site/locales.js';

/** The reader's language and time zone. */
export interface Reader {
  lang: Lang;
  zone?: string | undefined;
}

/** Something that was said, or that happened. */
export interface Entry {
  /** ISO 8601. */
  at: string;
  /** Who said it; none: it happened. */
  name?: string;
  text: string;
  /** What else is to be known of it, a line each. */
  notes?: string[];
}

export interface Head {
  title: string;
  lines: string[];
}

/** How a transcript is written: what `begin`, `entry` for each and `end` give, one after the other. */
export interface TranscriptFormat {
  begin: (head: Head) => string;
  entry: (entry: Entry) => string;
  /** @param words the last line: a transcript without it is not whole. */
  end: (words: string) => string;
}

/** Everything that a program may show as the end of a line. */
const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu;
/** What is left of control characters, and what changes the direction of the text around it. */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069]/gu;
const INDENT = '\n    ';

const clean = (text: string): string => text.replace(CONTROL, '').replace(LINE_ENDS, '\n');
const oneLine = (text: string): string => clean(text).replaceAll('\n', ' ');

/** Plain text: an entry begins with its time in brackets, and no line of what was said can. */
export function asText({ lang, zone }: Reader): TranscriptFormat {
  const indented = (text: string) => clean(text).replaceAll('\n', INDENT);
  return {
    begin: ({ title, lines }) => [title, ...lines].map((line) => `${oneLine(line)}\n`).join('') + '\n',
    entry({ at, name, text, notes = [] }) {
      const said = name === undefined ? `— ${indented(text)}` : `${oneLine(name)}: ${indented(text)}`;
      const more = notes.map((note) => `${INDENT}(${oneLine(note)})`).join('');
      return `[${when(at, 'full', { lang, zone })}] ${said}${more}\n`;
    },
    end: (words) => `\n${words}\n`,
  };
}

const STYLE = `body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;color:#1d1d1f;background:#fff}
ol{padding:0;list-style:none}li{padding:.5rem 0;border-top:1px solid #ddd}p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
time,.note,.step{color:#595959;font-size:.875rem}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161618}li{border-color:#333}time,.note,.step{color:#aaa}}`;

/** For the file's own head, and for the answer that carries it: its one style, and nothing else. */
export const HTML_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

const escaped = (text: string): string => escapeHtml(clean(text));

/** One HTML file that needs nothing else. */
export function asHtml({ lang, zone }: Reader): TranscriptFormat {
  return {
    begin: ({ title, lines }) =>
      `<!doctype html>\n<html lang="${lang}">\n<head>\n<meta charset="utf-8">\n` +
      `<meta http-equiv="Content-Security-Policy" content="${HTML_POLICY}">\n` +
      `<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n` +
      `<title>${escaped(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<h1>${escaped(title)}</h1>\n` +
      lines.map((line) => `<p>${escaped(line)}</p>\n`).join('') +
      '<ol>\n',
    entry({ at, name, text, notes = [] }) {
      const time = `<time datetime="${escaped(at)}">${escaped(when(at, 'full', { lang, zone }))}</time>`;
      const more = notes.map((note) => `<p class="note" dir="auto">${escaped(note)}</p>`).join('');
      if (name === undefined) return `<li>${time}<p class="step">${escaped(text)}</p>${more}</li>\n`;
      return `<li><b dir="auto">${escaped(name)}</b> ${time}<p dir="auto">${escaped(text)}</p>${more}</li>\n`;
    },
    end: (words) => `</ol>\n<p>${escaped(words)}</p>\n</body>\n</html>\n`,
  };
}
