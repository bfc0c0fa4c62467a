/** One to five stars and a line, once the consultation is over. */
import { request } from '../net/api.js';
import { need, on } from '../ui/dom.js';
import { errorText } from '../ui/words.js';
import { notice } from '../ui/notice.js';

/** @param {string} session */
export function initRating(session) {
  const form = need('[data-rating]', HTMLFormElement);
  const thanks = need('[data-thanks]', HTMLElement);
  return on(form, 'submit', async (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const body = { stars: Number(given.get('stars')), line: String(given.get('line') ?? '') };
    try {
      await request(`/chat/consult/${session}/rating`, { method: 'POST', body });
      form.hidden = true;
      thanks.hidden = false;
    } catch (error) {
      notice(errorText(/** @type {import('../net/errors.js').ApiError} */ (error).code));
    }
  });
}
