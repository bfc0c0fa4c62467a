/** What a conversation with a host has beside messages; each part is loaded with its first use. */
import { find, need, on, setText } from '../ui/dom.js';
import { plainOf } from '../messages/text.js';
import { lazy } from '../ui/lazy.js';
import { t } from '../ui/words.js';
import { roomRules } from '../../../shared/room-rules.js';

/** @typedef {import('../../../schemas/rooms/contract.js').MessageView} MessageView */
/** @typedef {import('../../../schemas/rooms/contract.js').MemberRoomView} MemberRoomView */

/** @type {import('../ui/lazy.js').Lazy<typeof import('./poll.js')>} */
const poll = lazy(new URL('./poll.js', import.meta.url));
/** @type {import('../ui/lazy.js').Lazy<typeof import('./ask-poll.js')>} */
const askPoll = lazy(new URL('./ask-poll.js', import.meta.url));

/** @type {import('../ui/lazy.js').Lazy<typeof import('./settings-sheet.js')>} */
const settings = lazy(new URL('./settings-sheet.js', import.meta.url));

/** @type {import('../ui/lazy.js').Lazy<typeof import('./knocks.js')>} */
const knocks = lazy(new URL('./knocks.js', import.meta.url));

/**
 * @param {{ room: string, limits: import('./ask-poll.js').Limits, asked: () => void, changed: (message: MessageView) => void }} parts
 *   `asked`: the reader has put a poll up; `changed`: a message is not what it was, or is new
 */
export function initTalk({ room, limits, asked, changed }) {
  /** @param {MessageView} message */
  const show = (message) => {
    changed(message);
    asked();
  };
  on(document.querySelector('[data-ask-poll]'), 'click', () => {
    document.querySelector('details[data-menu]')?.removeAttribute('open');
    void askPoll(({ openAskPoll }) => openAskPoll({ room, limits, asked: show }));
  });
  let isOpened = false;
  on(document.querySelector('[data-settings-open]'), 'click', (event) => {
    event.preventDefault();
    document.querySelector('details[data-menu]')?.removeAttribute('open');
    isOpened = true;
    void settings(({ openSettings }) => void openSettings(room));
  });

  /** @type {ReturnType<typeof import('./knocks.js').initKnocks> | undefined} */
  let door;
  /** Who asks to be let in now. @param {import('../../../schemas/people/contract.js').Person[]} people */
  function showKnocks(people) {
    if (people.length === 0 && need('[data-knocks-box]', HTMLElement).hidden && !door) return;
    void knocks(({ initKnocks }) => (door ??= initKnocks(room)).show(people));
  }

  return {
    knocks: showKnocks,
    /** The host has changed the room. @param {MemberRoomView} view */
    room(view) {
      if (!view.approval) showKnocks([]);
      for (const name of document.querySelectorAll('.room-name')) setText(name, view.title);
      const rules = find('[data-room-rules]', HTMLElement);
      const words = roomRules(view, t);
      if (rules) {
        setText(rules, words);
        rules.hidden = words === '';
      }
      const pinned = find('[data-pinned]', HTMLElement);
      if (pinned) {
        setText(need('[data-pinned-text]', HTMLElement, pinned), plainOf(view.pinned?.chat ?? ''));
        pinned.hidden = !view.pinned;
      }
      const main = need('#main', HTMLElement);
      main.toggleAttribute('data-hosts-only', view.hostsOnly);
      for (const lock of document.querySelectorAll('[data-room-lock]')) lock.toggleAttribute('hidden', !view.locked);
      if (isOpened) void settings(({ settingsChanged }) => settingsChanged(view));
    },
    /** @type {import('../messages/message.js').Drawn} */
    drawn(row, message) {
      if (message.poll) void poll(({ drawPoll }) => drawPoll(row, /** @type {any} */ (message), changed));
    },
  };
}
