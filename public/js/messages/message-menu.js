/** The menu of a message, and what its entries do. Loaded at its first use. */
import { request } from '../net/api.js';
import { h, icon, me, on } from '../ui/dom.js';
import { confirm } from '../ui/confirm.js';
import { copyText } from '../ui/copy.js';
import { openMenu } from '../ui/menu-dialog.js';
import { notice } from '../ui/notice.js';
import { failureText, t } from '../ui/words.js';
import { openEdit } from './message-edit.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/**
 * @typedef {{
 *   message: Message, actions: import('./message-actions.js').Actions, changed: (answer: any) => void, done: () => void,
 *   reply: () => void,
 *   reactions: Omit<ReturnType<typeof import('./reactions.js').initReactions>, 'draw' | 'stop'> & { atHand: readonly string[] },
 * }} About `changed` gets the message as the place's server answers it (any: each place has its own); `done`: editing ended;
 *   `reply`: answer it
 */

/** @param {About} about */
export function openMessageMenu(about) {
  const { message, actions, reactions } = about;
  const { chat, poll, author } = message;
  const isMine = author.id === me.id;
  /** @type {import('../ui/menu-dialog.js').Entry[]} */
  const entries = [{ icon: 'reply', words: t('message.reply'), act: about.reply }];
  if (chat !== undefined) entries.push({ icon: 'copy', words: t('message.copy'), act: () => void copy(chat) });
  if (Object.keys(reactions.stateOf(message).reactions).length > 0)
    entries.push({ icon: 'users', words: t('reactions.who'), act: () => reactions.open(message) });
  if (isMine && chat !== undefined && !poll)
    entries.push({ icon: 'pencil', words: t('message.edit'), act: () => edit(about) });
  const { report } = actions;
  if (!isMine && report) entries.push({ icon: 'flag', words: t('reports.report'), act: () => report(message) });
  if (isMine || actions.mayRemove?.())
    entries.push({ icon: 'trash-2', words: t('message.delete'), act: () => void remove(about), isDanger: true });
  const title = t('message.menu', { name: author.name });
  const dialog = openMenu({ name: 'message-dialog', title, entries, head: reactionRow(about, () => dialog.close()) });
}

/** The reactions at hand, in a row. @param {About} about @param {() => void} close */
function reactionRow({ message, reactions }, close) {
  const { mine } = reactions.stateOf(message);
  const row = h('div', { class: 'menu-reactions', role: 'group', 'aria-label': t('reactions.react') });
  for (const emoji of reactions.atHand) {
    const pressed = String(mine.includes(emoji));
    const button = h('button', { type: 'button', 'aria-pressed': pressed, 'data-react': emoji }, emoji);
    on(button, 'click', () => {
      close();
      reactions.toggle(message, emoji);
    });
    row.append(button);
  }
  const words = t('reactions.all');
  const all = h('button', { type: 'button', 'aria-label': words, title: words, 'data-react-all': true }, icon('plus'));
  on(all, 'click', () => {
    close();
    reactions.all(message);
  });
  row.append(all);
  return row;
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
    notice(failureText(error));
  }
}

/** @param {string} text */
async function copy(text) {
  notice(t((await copyText(text)) ? 'message.copied' : 'message.copy_failed'));
}
