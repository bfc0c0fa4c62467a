/*
 * Runs before the first paint, so it is small, classic and alone: the visitor's accent colour, and the time zone for
 * the server's next page. Everything else waits for the modules. (A style attribute would be refused by the CSP.)
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
})();
