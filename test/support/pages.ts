/** The documents of the project, as tests run what is printed in them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

/** A page of docs/, for tests that hold the site against what it says. */
export const documented = (page: string): string => readFileSync(path.join(ROOT, 'docs', page), 'utf8');

/**
 * A fenced block of a page of docs/.
 * @param language as its fence names it; the first one is taken.
 * @param under the heading below which it stands; without it, anywhere.
 */
export function printed(page: string, language: string, under?: string): string {
  const text = documented(page);
  const from = under === undefined ? 0 : new RegExp(`^#+ ${under}$`, 'm').exec(text)?.index;
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(text.slice(from))?.[1];
  if (from === undefined || block === undefined) throw new Error(`no ${language} in docs/${page} ${under ?? ''}`);
  return block;
}
