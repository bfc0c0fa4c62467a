/** A locked room's door. */
import { initCountdown } from '../components/countdown.js';
import { initHeader } from '../components/header.js';
import { initPasswordField } from '../components/password-field.js';
import { find, on, ready } from '../lib/dom.js';

initHeader();
initPasswordField();
initCountdown();

// A second press would come with a session that the first one has just replaced.
const submit = find('[data-submit]', HTMLButtonElement);
on(submit?.form ?? null, 'submit', () => submit && (submit.disabled = true));
on(window, 'pageshow', () => submit && (submit.disabled = false));

const wrong = find('input[aria-invalid="true"]', HTMLInputElement);
wrong?.focus();
on(wrong, 'input', () => wrong?.removeAttribute('aria-invalid'));
ready();
