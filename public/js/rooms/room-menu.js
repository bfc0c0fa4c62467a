/** Going back, leaving and closing, each with its question where something would be lost. Loaded at the first of them. */
import { request } from '../net/api.js';
import { t, time } from '../ui/words.js';
import { confirm } from '../ui/confirm.js';

/**
 * @param {HTMLFormElement} form goes the plain way once it is sure
 * @param {{ ask: boolean, going: () => void }} parts `ask`: something would be lost
 */
export async function leave(form, { ask, going }) {
  const words = {
    title: t('chat.leave_last_title'),
    text: t('chat.leave_last_text'),
    yes: t('chat.leave_last_yes'),
    no: t('chat.leave_last_no'),
  };
  if (ask && !(await confirm(words))) return;
  going();
  form.submit();
}

/** To the list, without leaving on purpose: the room waits. @param {{ graceMs: number, back: () => void }} parts */
export async function goBack({ graceMs, back }) {
  const sure = await confirm({
    title: t('chat.back_last_title'),
    text: t('chat.back_last_text', { when: time(new Date(Date.now() + graceMs).toISOString(), 'clock') }),
    yes: t('chat.back_last_yes'),
    no: t('chat.back_last_no'),
  });
  if (sure) back();
}

/** @param {{ room: string, closed: () => void, failed: (code: string) => void }} parts */
export async function closeRoom({ room, closed, failed }) {
  document.querySelector('details[data-menu]')?.removeAttribute('open');
  const sure = await confirm({
    title: t('chat.delete_title'),
    text: t('chat.delete_text'),
    yes: t('chat.delete_yes'),
    no: t('chat.delete_no'),
  });
  if (!sure) return;
  try {
    await request(`/room/${room}`, { method: 'DELETE' });
    closed();
  } catch (error) {
    failed(error instanceof Error ? error.message : 'internal');
  }
}
