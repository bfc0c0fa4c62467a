/** Beside the conversation: notes that visitors never see, and replies that the whole desk shares. */
import { faceNode, h, icon, need, on, together } from '../ui/dom.js';
import { t, time } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').NoteView} NoteView */
/** @typedef {import('../../../schemas/consult/contract.js').CannedReplyView} CannedReplyView */

/**
 * @param {{
 *   addNote: (sessionId: string, note: string) => Promise<boolean>,
 *   saveReply: (reply: { id?: string, title: string, text: string }) => Promise<boolean>,
 *   removeReply: (id: string) => void,
 *   use: (text: string) => void,
 * }} parts
 */
export function initDeskTools({ addNote, saveReply, removeReply, use }) {
  const panel = need('[data-tools]', HTMLElement);
  const notesBox = need('[data-notes-box]', HTMLElement, panel);
  const notes = need('[data-notes]', HTMLElement, panel);
  const noteForm = need('[data-note-form]', HTMLFormElement, panel);
  const note = need('#note', HTMLTextAreaElement, noteForm);
  const replies = need('[data-replies]', HTMLElement, panel);
  const none = need('[data-replies-none]', HTMLElement, panel);
  const form = need('[data-reply-form]', HTMLFormElement, panel);
  const title = need('#reply-title', HTMLInputElement, form);
  const text = need('#reply-text', HTMLTextAreaElement, form);
  const fresh = need('[data-reply-new]', HTMLButtonElement, panel);
  let editing = '';
  /** Whose notes are shown, and what was begun beside which conversation. */
  let shown = '';
  /** @type {Map<string, string>} */
  const drafts = new Map();

  /** @param {CannedReplyView} [reply] */
  function edit(reply) {
    editing = reply?._id ?? '';
    title.value = reply?.title ?? '';
    text.value = reply?.text ?? '';
    form.hidden = false;
    fresh.hidden = true;
    title.focus();
  }
  function close() {
    form.hidden = true;
    fresh.hidden = false;
    fresh.focus();
  }

  /** @param {SVGElement} drawn @param {string} label @param {() => void} act */
  function small(drawn, label, act) {
    const button = h(
      'button',
      { class: 'button quiet icon-only', type: 'button', 'aria-label': label, title: label },
      drawn,
    );
    button.addEventListener('click', act);
    return button;
  }

  /** @param {CannedReplyView} reply */
  function replyRow(reply) {
    const insert = h(
      'button',
      { class: 'reply-use', type: 'button', title: t('desk.reply_use') },
      h('b', {}, reply.title),
      h('span', {}, reply.text),
    );
    insert.addEventListener('click', () => use(reply.text));
    return h(
      'li',
      { class: 'reply' },
      insert,
      small(icon('pencil'), `${t('desk.reply_edit')}: ${reply.title}`, () => edit(reply)),
      small(icon('trash-2'), `${t('desk.reply_remove')}: ${reply.title}`, () => removeReply(reply._id)),
    );
  }

  /** @param {NoteView} written */
  const noteRow = (written) =>
    h(
      'li',
      { class: 'note' },
      faceNode(written.author, 20),
      h('p', {}, h('b', {}, written.author.name), ` ${time(written.createdAt, 'clock')}`),
      h('p', { class: 'note-text' }, written.note),
    );

  return {
    /**
     * @param {string} id the conversation that is open, '' for none
     * @param {readonly NoteView[]} list
     */
    showNotes(id, list) {
      if (id !== shown) {
        drafts.set(shown, note.value);
        note.value = drafts.get(id) ?? '';
        shown = id;
      }
      notesBox.hidden = id === '';
      notes.replaceChildren(...list.map(noteRow));
    },
    /** @param {readonly CannedReplyView[]} list */
    showReplies(list) {
      replies.replaceChildren(...list.map(replyRow));
      none.hidden = list.length > 0;
    },
    stop: together(
      on(noteForm, 'submit', async (event) => {
        event.preventDefault();
        const [id, text] = [shown, note.value];
        if (!text.trim() || !(await addNote(id, text))) return;
        // Another conversation may be open by now; the note is kept beside the one it was written for.
        drafts.delete(id);
        if (shown === id) note.value = '';
      }),
      on(form, 'submit', async (event) => {
        event.preventDefault();
        const reply = { title: title.value, text: text.value, ...(editing ? { id: editing } : {}) };
        if (await saveReply(reply)) close();
      }),
      on(fresh, 'click', () => edit()),
      on(need('[data-reply-cancel]', HTMLButtonElement, form), 'click', close),
      on(document.querySelector('[data-tools-open]'), 'click', () => panel.classList.add('is-open')),
      on(need('[data-tools-close]', HTMLButtonElement, panel), 'click', () => panel.classList.remove('is-open')),
    ),
    close: () => panel.classList.remove('is-open'),
  };
}
