/*
 * Runs before the first paint, so it is small, a classic script, and alone: the visitor's accent colour, the time zone for
 * the server's next page, and forms that are submitted before the modules are there. (A style attribute would be refused
 * by the CSP.)
 */
(() => {
  const root = document.documentElement;
  const { accentLight, accentDark, base } = root.dataset;
  const hex = /^#[0-9a-f]{6}$/;
  if (accentLight && hex.test(accentLight)) root.style.setProperty('--accent-light', accentLight);
  if (accentDark && hex.test(accentDark)) root.style.setProperty('--accent-dark', accentDark);
  try {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const cookie = `zone=${encodeURIComponent(zone)}`;
    if (zone && !document.cookie.includes(cookie)) {
      document.cookie = `${cookie}; path=${base || '/'}; max-age=31536000; samesite=lax`;
    }
  } catch {
    // No cookie, no zone: the page corrects its times by itself.
  }

  // A form that is submitted before the modules run waits for them, and is then submitted again.
  const WAIT_MS = 15_000;
  const early = new AbortController();
  /** @type {Set<HTMLFormElement>} */
  const waiting = new Set();
  addEventListener(
    'submit',
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement)) return;
      if (form.hasAttribute('action') && !form.matches('[data-composer], [data-start]')) return;
      event.preventDefault();
      waiting.add(form);
    },
    { capture: true, signal: early.signal },
  );
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      const box = event.target;
      if (!(box instanceof HTMLTextAreaElement) || !box.form?.matches('[data-composer]')) return;
      event.preventDefault();
      waiting.add(box.form);
    },
    { capture: true, signal: early.signal },
  );
  const submitAgain = () => {
    early.abort();
    for (const form of waiting) if (form.isConnected) form.requestSubmit();
    waiting.clear();
  };
  document.addEventListener('ready', submitAgain);
  // If the modules do not come at all, a form with an address goes the plain way.
  addEventListener('load', () => setTimeout(submitAgain, WAIT_MS));
})();
