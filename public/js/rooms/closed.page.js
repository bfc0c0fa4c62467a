/** What is left of a room: the receipt, and a text that was still being written. */
import { sayTimes } from '../ui/ages.js';
import { initHeader } from '../ui/header.js';
import { copyText } from '../ui/copy.js';
import { find, on, ready, setText } from '../ui/dom.js';
import { draftKey, outboxKey } from '../messages/keys.js';
import { keep, recall } from '../ui/store.js';
import { forgetPictures } from '../ui/waiting-pictures.js';
import { t } from '../ui/words.js';

const room = location.pathname.match(/\/room\/([^/]+)\/closed$/)?.[1] ?? '';
forgetPictures(room);
initHeader();
sayTimes();

/** @type {{ chat: string }[]} */
const unsent = recall('session', outboxKey(room), []);
const text = [...unsent.map((item) => item.chat), recall('session', draftKey(room), '')].filter(Boolean).join('\n\n');
const box = find('[data-unsent]', HTMLElement);
const words = find('[data-unsent-text]', HTMLElement);
const copy = find('[data-unsent-copy]', HTMLButtonElement);
if (text && box && words) {
  setText(words, text);
  box.hidden = false;
  on(copy, 'click', async () => {
    const done = await copyText(text);
    const label = find('span', HTMLElement, copy ?? undefined);
    if (label) setText(label, t(done ? 'chat.copied' : 'chat.copy_failed'));
  });
}

/** The receipt is written a moment after the room has closed. */
async function askAgain(tries = 4) {
  await new Promise((resolve) => setTimeout(resolve, 700));
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } }).catch(() => null);
  if (answer?.status === 410) location.reload();
  else if (tries > 1) await askAgain(tries - 1);
}
if (find('[data-no-receipt]', HTMLElement)) void askAgain();
// What was not sent is shown on this visit and on a reload, and forgotten with the tab's next page.
on(window, 'pagehide', () => {
  if (find('[data-no-receipt]', HTMLElement)) return;
  keep('session', outboxKey(room), undefined);
  keep('session', draftKey(room), undefined);
});
ready();
