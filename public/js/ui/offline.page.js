/** The page that stands where another one did not come: once the site is there again, that one is loaded. */
import { base, on, ready } from './dom.js';

const EVERY_MS = 4_000;
let isAsking = false;

async function look() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  try {
    const answer = await fetch(`${base}/healthz`, { cache: 'no-store' });
    // A network that wants a sign-in first answers with a page of its own.
    if (answer.ok && (await answer.text()) === 'ok') location.reload();
  } catch {
    // Still away.
  }
  isAsking = false;
}

// Under its own address there is no other page to wait for.
if (location.pathname !== `${base}/offline`) {
  setInterval(() => void look(), EVERY_MS);
  on(window, 'online', () => void look());
  on(document, 'visibilitychange', () => void look());
}
ready();
