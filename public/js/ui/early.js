/*
 * Runs before the first paint, so it is small, classic and alone: the visitor's accent colour, the time zone for the
 * server's next page, and what is sent before the modules are there. Everything else waits for them. (A style
 * attribute would be refused by the CSP.)
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

  // A quick hand sends before the modules are at work: its form waits for them, and is then sent as they would.
  const WAIT_MS = 15_000;
  const early = new AbortController();
  /** @type {Set<HTMLFormElement>} */
  const held = new Set();
  addEventListener(
    'submit',
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || (form.hasAttribute('action') && !form.matches('[data-composer]')))
        return;
      event.preventDefault();
      held.add(form);
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
      held.add(box.form);
    },
    { capture: true, signal: early.signal },
  );
  const letGo = () => {
    early.abort();
    for (const form of held) if (form.isConnected) form.requestSubmit();
    held.clear();
  };
  document.addEventListener('ready', letGo);
  // If the modules do not come at all, a form with an address goes the plain way.
  addEventListener('load', () => setTimeout(letGo, WAIT_MS));
})();
