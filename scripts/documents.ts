/** Part of `npm run documents`: what of docs/ is made of the source: errors.md, openapi.json, asyncapi.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { asyncApi } from '../controllers/api/asyncapi.js';
import { openApi } from '../controllers/api/openapi.js';
import { ERROR_STATUS } from '../services/site/errors.js';
import { translator } from '../services/site/locales.js';
import { ROOT } from '../services/site/root.js';

const HEAD = `# Error codes

Made of the source (\`npm run documents\`). Every refusal is \`{ "error": { "code", "message" } }\` over HTTP, \`{ ok: false, error }\` in an acknowledgement and
\`{ "type": "error", "code", "message" }\` on the raw gateway. Codes are stable: act on them. The words are for people, in their language, and change.
With 429 and 503 comes \`Retry-After\` where the site knows when trying again makes sense. What is unexpected is \`internal\`, with an \`X-Error-Id\` that stands in the log.
`;

/** The table of codes: status, code, words. */
function errors(): string {
  const say = translator('en');
  const rows = Object.entries(ERROR_STATUS).sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1));
  const table = rows.map(([code, status]) => `| ${status} | \`${code}\` | ${say(`errors.${code}`)} |`);
  return [HEAD, '| status | code | words |', '|---|---|---|', ...table, ''].join('\n');
}

const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** Name in docs/ -> its text as the source has it now. */
export const documents = (): Record<string, string> => ({
  'errors.md': errors(),
  'openapi.json': json(openApi()),
  'asyncapi.json': json(asyncApi('localhost:8005')),
});

/** What of docs/ is not as the source has it. */
export const outdated = (): string[] =>
  Object.entries(documents()).flatMap(([name, text]) => {
    try {
      return readFileSync(path.join(ROOT, 'docs', name), 'utf8') === text ? [] : [name];
    } catch {
      return [name];
    }
  });

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [name, text] of Object.entries(documents())) writeFileSync(path.join(ROOT, 'docs', name), text);
