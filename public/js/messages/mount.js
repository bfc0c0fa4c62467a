/**
 * A conversation on the page, in whatever place: log, older messages, composer, pictures, typing, the state of the
 * connection, and what can be done with a text that failed. One conversation is shown at a time.
 */
import { initAttach } from '../pictures/attach.js';
import { initLightbox } from '../pictures/lightbox.js';
import { initShelf } from '../pictures/shelf.js';
import { connected } from '../net/ask.js';
import { reconnect } from '../net/socket.js';
import { loadAhead } from '../ui/ahead.js';
import { initConnection } from '../ui/connection.js';
import { find, hasMouse, need, on } from '../ui/dom.js';
import { initViewport } from '../ui/viewport.js';
import { lang } from '../ui/words.js';
import { initComposer } from './composer.js';
import { initEmojiButton } from './emoji.js';
import { initJump } from './jump.js';
import { initLogView } from './log-view.js';
import { initMessageActions } from './message-actions.js';
import { onFailed } from './message-state.js';
import { initOlder } from './older.js';
import { initPrint } from './print.js';
import { initReply } from './reply.js';
import { watchForSuggest } from './suggest-watch.js';
import { initTyping } from './typing.js';
import { waitingPictures } from './waiting-words.js';

/** @typedef {import('./conversation.js').Conversation} Conversation */

/**
 * What a conversation is shown by. `answered`: the server stored a post, or was not there to do it.
 * @typedef {{
 *   draw: (rows: readonly import('./rows.js').Row[], how: { others: readonly import('./conversation.js').Message[], quietly: boolean }) => void,
 *   atBottom: () => boolean,
 *   offerOlder: (hasOlder: boolean) => void,
 *   answered: (isThere: boolean) => void,
 *   isUp: () => boolean,
 * }} Screen
 */

/** @param {import('../net/socket.js').AnySocket} socket @param {() => Conversation | null} shown */
const startConnection = (socket, shown) =>
  initConnection({
    wake: (sure) => reconnect(socket, sure),
    waiting: () => waitingPictures(shown()?.pending() ?? []),
  });

/**
 * GIFs of the shelf, where the page has its button.
 * @param {{
 *   shown: () => Conversation | null, reply: ReturnType<typeof initReply>, toBottom: () => void, focus: () => void,
 * }} parts
 */
function startShelf({ shown, reply, toBottom, focus }) {
  const button = find('[data-shelf-open]', HTMLButtonElement);
  if (!button) return;
  initShelf({
    button,
    before: need('[data-composer]', HTMLFormElement),
    send({ id, still, width, height, name }) {
      shown()?.sendGif({ id, still, width, height, alt: name[lang] }, reply.take());
      toBottom();
    },
    closed: focus,
  });
}

/**
 * How a place shows messages. `shiftOf`: how a face was changed to tell it apart; `nameLink`: where names lead somewhere;
 * `drawn`: the place adds something to a message that was drawn; `actions`: what can be done to messages, where they are
 * not append-only.
 * @typedef {{
 *   shiftOf?: import('./message.js').ShiftOf, nameLink?: import('./message.js').NameLink | undefined,
 *   drawn?: import('./message.js').Drawn | undefined, actions?: import('./message-actions.js').Actions | undefined,
 * }} Shown
 */

/**
 * The log, and what can be done to its messages.
 * @param {Shown & {
 *   reply: ReturnType<typeof initReply>, shown: () => Conversation | null, composer: () => ReturnType<typeof initComposer>,
 * }} parts
 */
function startLog({ shiftOf = () => undefined, nameLink, drawn, actions, reply, shown, composer }) {
  const acts =
    actions &&
    initMessageActions(need('[data-log]', HTMLElement), {
      actions,
      shown,
      idle: () => composer().isEmpty(),
      done: () => hasMouse() && composer().focus(),
      reply: reply.start,
      leave: () => composer().focus(),
    });
  const view = initLogView({
    shiftOf,
    quoted: (seq) => shown()?.log.known(seq),
    nameLink,
    drawn(row, message) {
      acts?.drawn(row, message);
      drawn?.(row, message);
    },
    onBottom: () => shown()?.markSeen(),
  });
  return { acts, view, jump: initJump(view.log, { shown }) };
}

/**
 * @param {Shown & {
 *   socket: import('../net/socket.js').AnySocket,
 *   limits: { chat: number, upload: number },
 *   people?: () => readonly import('./suggest.js').Somebody[], tellTyping?: (isOn: boolean) => void,
 * }} place `limits`: characters of a text, bytes of a picture; `people`: others who are here, to be named; `tellTyping`: where others hear that the reader is typing
 */
export function mount({ socket, limits, people = () => [], tellTyping = () => undefined, ...place }) {
  /** @type {Conversation | null} */
  let shown = null;
  const reply = initReply({ before: need('[data-composer]', HTMLFormElement), focus: () => composer.focus() });
  const { acts, view, jump } = startLog({
    ...place,
    reply,
    shown: () => shown,
    composer: () => composer,
  });
  const older = initOlder(view.log, {
    async load() {
      await connected(socket);
      await shown?.loadOlder();
      return shown?.hasOlder() ?? false;
    },
  });
  const connection = startConnection(socket, () => shown);
  void loadAhead();
  const typing = initTyping({ tell: tellTyping });
  const attach = find('[data-attach]', HTMLElement)
    ? initAttach({
        limit: limits.upload,
        target: () => shown,
        reply: reply.take,
        sent: view.toBottom,
        ready: () => composer.focus(),
      })
    : null;
  const composer = initComposer({
    limit: limits.chat,
    send(text) {
      const sentPicture = attach?.send() ?? false;
      const sentText = (text.trim() !== '' && shown?.say(text, reply.take())) || false;
      if (sentText) view.toBottom();
      typing.stopped();
      return sentPicture || sentText;
    },
    recallLast() {
      const failed = shown?.takeFailed();
      if (!failed) return acts ? acts.editLast() : shown?.log.lastOwn()?.chat;
      reply.restore(failed.replyTo);
      return failed.chat;
    },
    wrote: typing.wrote,
  });

  watchForSuggest(need('[data-composer]', HTMLFormElement), people);
  initEmojiButton(composer);
  startShelf({ shown: () => shown, reply, toBottom: view.toBottom, focus: () => composer.focus() });
  onFailed(view.log, () => shown, composer.focus);
  // A page that the browser keeps for "back" gives up its connection, and with it its seat; it is loaded anew on return.
  on(window, 'pagehide', (event) => event.persisted && socket.disconnect());
  on(window, 'pageshow', (event) => event.persisted && location.reload());
  initPrint(() => shown);
  if (find('[data-lightbox]', HTMLDialogElement)) initLightbox(view.log);
  initViewport();

  return {
    log: view.log,
    /** To a message, also one that is not loaded. */
    jump,
    atBottom: view.atBottom,
    toBottom: view.toBottom,
    /** Is there a connection now? */
    isUp: () => socket.connected,
    /** The connection works, or does not. @param {boolean} isUp */
    state(isUp) {
      if (!isUp) return connection.lost();
      connection.back();
      older.again();
    },
    /** The server answered, or did not. @param {boolean} isThere */
    answered(isThere) {
      if (!isThere) connection.lost();
      else if (socket.connected) connection.back();
    },
    /**
     * @param {readonly import('./rows.js').Row[]} rows
     * @param {{ others: readonly import('./conversation.js').Message[], quietly: boolean }} how
     */
    draw(rows, { others, quietly }) {
      view.draw(rows, { arrived: others.length, quietly });
      acts?.settled();
      connection.waits();
      for (const { author, user } of others) typing.show({ id: author.id, color: user, name: '' }, false);
    },
    offerOlder: older.offer,
    typing: typing.show,
    /** Put a text where the cursor is. */
    insert: composer.insert,
    focus: composer.focus,
    focusUnlessTouch: () => hasMouse() && composer.focus(),
    /** On arrival: begin at what is new, if that is further up than one screen. */
    startAtNew() {
      requestAnimationFrame(() => requestAnimationFrame(() => view.startAtNew(shown?.newCount() ?? 0)));
    },
    /** Show a conversation instead of the one that is shown. @param {Conversation | null} next */
    show(next) {
      if (shown) {
        shown.show(false);
        view.clear();
        attach?.leave();
        typing.forget();
      }
      shown = next;
      older.offer(next?.hasOlder() ?? false);
      if (!next) return;
      composer.open(next.key);
      reply.open(next.key);
      next.show(true);
    },
  };
}
