/** The theme switch without a reload. The language switch stays a plain form: every word on the page changes. */
import { base, on, together } from './dom.js';

/** @param {string} theme */
function show(theme) {
  document.documentElement.dataset.theme = theme;
  const scheme = theme === 'light' || theme === 'dark' ? theme : 'light dark';
  document.querySelector('meta[name="color-scheme"]')?.setAttribute('content', scheme);
}

/** Kept one after another: the last choice is the one that stays. */
let kept = Promise.resolve();

/** @param {string} theme */
async function keep(theme) {
  const body = new URLSearchParams({ theme });
  await fetch(`${base}/preferences`, { method: 'POST', body, redirect: 'manual', keepalive: true }).catch(() => null);
}

/** @param {SubmitEvent} event */
function switchTheme(event) {
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement) || button.name !== 'theme') return;
  event.preventDefault();
  show(button.value);
  // The switch is three buttons of which one shows: the focus follows to the one that shows now.
  const form = button.form;
  const next = form?.querySelector(`.for-${button.value}`);
  if (next instanceof HTMLElement) next.focus();
  kept = kept.then(() => keep(button.value));
}

export function initPreferences() {
  const forms = [...document.querySelectorAll('[data-preferences]')];
  return together(...forms.map((form) => on(form, 'submit', switchTheme)));
}
