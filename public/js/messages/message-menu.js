/** The menu of a message, and what its entries do. Loaded at its first use. */
import { request } from '../net/api.js';
import { me } from '../ui/dom.js';
import { confirm } from '../ui/confirm.js';
import { copyText } from '../ui/copy.js';
import { openMenu } from '../ui/menu-dialog.js';
import { notice } from '../ui/notice.js';
import { errorText, t } from '../ui/words.js';
import { openEdit } from './message-edit.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/**
 * @typedef {{
 *   message: Message, actions: import('./message-actions.js').Actions, changed: (answer: any) => void, done: () => void,
 * }} About `changed` gets the message as the place's server answers it (any: each place has its own); `done`: editing ended
 */

/** @param {About} about */
export function openMessageMenu(about) {
  const { message, actions } = about;
  const { chat, poll, author } = message;
  const isMine = author.id === me.id;
  /** @type {import('../ui/menu-dialog.js').Entry[]} */
  const entries = [];
  if (chat !== undefined) entries.push({ icon: 'copy', words: t('message.copy'), act: () => void copy(chat) });
  if (isMine && chat !== undefined && !poll)
    entries.push({ icon: 'pencil', words: t('message.edit'), act: () => edit(about) });
  const { report } = actions;
  if (!isMine && report) entries.push({ icon: 'flag', words: t('reports.report'), act: () => report(message) });
  if (isMine || actions.mayRemove?.())
    entries.push({ icon: 'trash-2', words: t('message.delete'), act: () => void remove(about), isDanger: true });
  openMenu({ name: 'message-dialog', title: t('message.menu', { name: author.name }), entries });
}

/** @param {About} about */
export function edit(about) {
  const { message, actions, changed, done } = about;
  openEdit({
    message,
    done,
    emptied: () => void remove(about),
    save: async (text) =>
      changed(await request(actions.path(message._id), { method: 'PATCH', body: { [actions.field]: text } })),
  });
}

/** @param {About} about */
async function remove({ message, actions, changed }) {
  const isMine = message.author.id === me.id;
  const text = t(isMine ? 'message.delete_text' : 'message.delete_text_host', { name: message.author.name });
  const words = { title: t('message.delete_title'), text, yes: t('message.delete'), no: t('ui.cancel') };
  if (!(await confirm(words))) return;
  try {
    changed(await request(actions.path(message._id), { method: 'DELETE' }));
  } catch (error) {
    notice(errorText(error instanceof Error ? error.message : 'internal'));
  }
}

/** @param {string} text */
async function copy(text) {
  notice(t((await copyText(text)) ? 'message.copied' : 'message.copy_failed'));
}
