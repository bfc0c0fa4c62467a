/** A locked room's door. */
import { initCountdown } from '../components/countdown.js';
import { initHeader } from '../components/header.js';
import { initPasswordField } from '../components/password-field.js';
import { find, on, ready } from '../lib/dom.js';

initHeader();
initPasswordField();
initCountdown();

const wrong = find('input[aria-invalid="true"]', HTMLInputElement);
wrong?.focus();
on(wrong, 'input', () => wrong?.removeAttribute('aria-invalid'));
ready();
