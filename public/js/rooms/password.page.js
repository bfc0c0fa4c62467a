/** A locked room's door. */
import { sayAges } from '../ui/ages.js';
import { initCountdown } from '../ui/countdown.js';
import { initHeader } from '../ui/header.js';
import { initPasswordField } from './password-field.js';
import { find, on, ready } from '../ui/dom.js';

initHeader();
sayAges();
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
