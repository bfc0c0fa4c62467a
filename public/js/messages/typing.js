/** Who is writing: theirs shown, ours told at most every three seconds and taken back when it stops. */
import { me, need, setText } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/people/contract.js').Person} Person */

const TELL_MS = 3000;
/** The server takes one "on" a second from a socket. */
const TAKEN_MS = 1100;
const FORGET_MS = 6000;

/** @param {{ tell: (on: boolean) => void }} parts */
export function initTyping({ tell }) {
  const row = need('[data-typing]', HTMLElement);
  /** @type {Map<string, { name: string, timer: number }>} */
  const writers = new Map();
  let toldAt = 0;
  let lastOnAt = 0;
  let idle = 0;

  function draw() {
    const [one, two, more] = [...writers.values()];
    if (!one) setText(row, '');
    else if (!two) setText(row, t('chat.typing', { name: one.name }));
    else if (!more) setText(row, t('chat.typing_both', { name: one.name, other: two.name }));
    else setText(row, t('chat.typing_many'));
  }

  /** @param {Person} who @param {boolean} isOn */
  function show(who, isOn) {
    if (who.id === me.id) return;
    clearTimeout(writers.get(who.id)?.timer);
    writers.delete(who.id);
    if (isOn) writers.set(who.id, { name: who.name, timer: window.setTimeout(() => show(who, false), FORGET_MS) });
    draw();
  }

  function stopped() {
    clearTimeout(idle);
    if (toldAt) tell(false);
    toldAt = 0;
  }

  return {
    show,
    /** @param {boolean} hasText */
    wrote(hasText) {
      if (!hasText) return stopped();
      clearTimeout(idle);
      idle = window.setTimeout(stopped, FORGET_MS - 1000);
      if (Date.now() - toldAt < TELL_MS || Date.now() - lastOnAt < TAKEN_MS) return;
      toldAt = lastOnAt = Date.now();
      tell(true);
    },
    stopped,
    /** Another conversation is shown: nobody in it is typing yet. */
    forget() {
      for (const writer of writers.values()) clearTimeout(writer.timer);
      writers.clear();
      draw();
    },
  };
}
