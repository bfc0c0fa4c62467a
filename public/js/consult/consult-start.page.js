/** Before a consultation: a topic, or a code to come back with. */
import { initHeader } from '../ui/header.js';
import { notice } from '../ui/notice.js';
import { base, find, need, on, ready, setText } from '../ui/dom.js';
import { keepCode } from './consult-code.js';
import { request } from '../net/api.js';
import { ask, connected } from '../net/ask.js';
import { connect } from '../net/socket.js';
import { errorText, t } from '../ui/words.js';

/** @typedef {import('../net/errors.js').ApiError} ApiError */

initHeader();
const socket = connect('/consult', { as: 'visitor' });
const form = need('[data-start]', HTMLFormElement);
const topic = need('#topic', HTMLInputElement, form);
const button = need('[data-submit]', HTMLButtonElement, form);
const problem = need('[data-problem]', HTMLElement, form);
const words = button.textContent ?? '';

on(form, 'submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  problem.hidden = true;
  setText(button, t('consult.starting'));
  try {
    await connected(socket);
    const { sessionId, code } = await ask(socket, 'start-consult', topic.value);
    if (code) keepCode(sessionId, code);
    location.assign(`${base}/chat/consult`);
  } catch (error) {
    button.disabled = false;
    setText(button, words);
    setText(need('span', HTMLElement, problem), errorText(/** @type {ApiError} */ (error).code));
    problem.hidden = false;
  }
});
// The code is used up by coming back with it; its successor is known here only.
on(find('[data-return]', HTMLFormElement), 'submit', async (event) => {
  event.preventDefault();
  const back = need('[data-return]', HTMLFormElement);
  const submit = need('button', HTMLButtonElement, back);
  submit.disabled = true;
  try {
    const body = { code: need('#code', HTMLInputElement, back).value };
    /** @type {{ session: { sessionId: string }, code: string }} */
    const { session, code } = await request('/chat/consult/return', { method: 'POST', body });
    keepCode(session.sessionId, code);
    location.assign(`${base}/chat/consult`);
  } catch (error) {
    const { code, status } = /** @type {ApiError} */ (error);
    submit.disabled = false;
    if (status === 0) return notice(errorText(code));
    location.assign(`${base}/chat/consult?new=1&error=${code}`);
  }
});
// Another page of this browser began one: this one is about it, too.
socket.on('session-created', () => !button.disabled && location.assign(`${base}/chat/consult`));

if (find('[data-banner]', HTMLElement)) find('.consult-return', HTMLDetailsElement)?.setAttribute('open', '');
ready();
