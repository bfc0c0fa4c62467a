/** Nunjucks, and the few helpers that templates share. Everything is escaped unless it is made here. */
import type { Express } from 'express';
import nunjucks from 'nunjucks';

import { shownName } from '../../shared/message-views.js';
import { noticeRows } from '../../shared/room-notices.js';
import { handOf, roomRules } from '../../shared/room-rules.js';
import { pollTotal, pollWords } from '../../shared/polls.js';
import { found } from '../../shared/found.js';
import { excerptOf } from '../../shared/excerpt.js';
import { isEmojiOnly } from '../../shared/emoji-only.js';
import { timeline, withSteps } from '../../shared/timeline.js';
import { ALT_MAX, CHAT_MAX } from '../../schemas/messages/payloads.js';
import { PASSWORD, QUERY_MAX } from '../../schemas/site/text.js';
import { plainOf } from '../../services/messages/markdown.js';
import { escapeHtml } from '../../services/site/html.js';
import { accent, keptFace } from '../../services/people/faces.js';
import { messageHtml } from './message-text.js';
import type { Site } from './site.js';
import { viewLoader } from './views.js';

export function useTemplates(
  app: Express,
  { assets, services: { notices }, config: { base, places, maxUploadBytes } }: Site,
): void {
  const environment = new nunjucks.Environment(viewLoader(), { autoescape: true, throwOnUndefined: false });
  environment.express(app);
  const safe = (html: string) => new nunjucks.runtime.SafeString(html);
  const asset = (file: string) => `${base}/assets/${assets.version}/${file}`;
  app.set('view engine', 'html');
  const limits = {
    password: PASSWORD,
    chat: CHAT_MAX,
    alt: ALT_MAX,
    query: QUERY_MAX,
    upload: maxUploadBytes,
  };
  for (const [name, value] of Object.entries({
    base,
    places,
    limits,
    plainOf,
    found,
    isEmojiOnly,
    excerptOf,
    timeline,
    withSteps,
    noticeRows,
    accent,
    shownName,
    roomRules,
    handOf,
    pollTotal,
    pollWords,
  }))
    environment.addGlobal(name, value);
  environment.addGlobal('asset', asset);
  environment.addGlobal('modulesOf', assets.modules);
  environment.addGlobal('notices', notices);
  environment.addGlobal('icon', (name: string, label?: string) =>
    safe(
      `<svg class="icon" ${label ? `role="img" aria-label="${escapeHtml(label)}"` : 'aria-hidden="true"'}>` +
        `<use href="${asset('icons.svg')}#${escapeHtml(name)}"></use></svg>`,
    ),
  );
  environment.addGlobal('messageText', (text: string) => safe(messageHtml(text)));
  environment.addGlobal('face', (...of: Parameters<typeof keptFace>) => safe(keptFace(...of)));
  environment.addFilter('json', (value: unknown) => safe(JSON.stringify(value).replaceAll('<', '\\u003c')));
}
