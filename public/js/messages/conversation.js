/**
 * The state of one conversation, whether it is shown or not: its log, what is on its way in and out, and how far the
 * reader has read. Every change ends in one drawing per frame.
 */
import { request } from '../net/api.js';
import { me, together } from '../ui/dom.js';
import { createFrame } from './frame.js';
import { createIncoming } from './incoming.js';
import { createHistory } from './history.js';
import { createLog } from './log-model.js';
import { namesMe } from './mentions.js';
import { contiguousFrom } from './received.js';
import { createSeen } from './seen.js';
import { createSending } from './sending.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('../../../schemas/people/contract.js').Person} Person */
/** @typedef {import('./message-quote.js').Quote} Quote */

/**
 * Which messages are read: after or before a number, or, with neither, the latest. `limit`: of those before it, so many at most;
 * `rev`: also what was changed after it.
 * @typedef {{ after?: number, before?: number, limit?: number, rev?: number }} From
 */

/**
 * What a place says of its conversation. `key` names what the browser keeps of it. `messages` are on the page already.
 * `start`: everything up to it is known, null where nothing is; by default as far as `messages` go without a gap.
 * `toMessage` gives null for what is no message, which goes to `noted`, once. `pictures`: where images are posted;
 * `keepsPictures`: those that wait outlive the page (they do, unless false).
 * `rev`: the newest change number that `messages` obey, where messages change.
 * `postRefused` and `readRefused` get the codes of refusals that waiting does not cure. `arrived`: new messages of others,
 * just drawn; `mentioned`: those of them that name the reader. `seen`: the reader has read so far. `altered`: a message is not
 * what it was, whether it is loaded or not; none named: any.
 * @template {{ seq: number }} M a message as the place's server sends it
 * @typedef {{
 *   key: string, screen: import('./mount.js').Screen,
 *   messages?: readonly Message[], hasOlder?: boolean, start?: number | null, rev?: number,
 *   toMessage: (message: M) => Message | null, noted?: (message: M) => void,
 *   read: (from: From) => Promise<import('./stream.js').Page<M>>,
 *   post: (text: { chat: string, clientId: string, replyTo?: string }) => Promise<M>,
 *   pictures?: string, keepsPictures?: boolean,
 *   postRefused?: (code: string) => void, readRefused?: (code: string) => void,
 *   arrived?: (others: readonly Message[]) => void, mentioned?: (messages: readonly Message[]) => void,
 *   seen?: (seq: number) => void, altered?: (message?: Message) => void,
 * }} Place
 */

/** @typedef {ReturnType<typeof createConversation>} Conversation */

/** How many messages stay in the page while the reader is at the bottom. */
const [MANY, KEEP] = [600, 300];

/**
 * Post a GIF of the shelf.
 * @template M
 * @param {string} path @param {import('./outbox.js').ShelfItem} gif
 * @param {{ clientId: string, replyTo?: string }} rest @returns {Promise<M>}
 */
const postGif = (path, { id, alt }, rest) => request(path, { method: 'POST', body: { shelf: id, alt, ...rest } });

/**
 * @template {{ seq: number }} M
 * @param {Place<M>} place
 */
export function createConversation(place) {
  const { key, screen, messages = [], start = contiguousFrom(messages) } = place;
  const log = createLog({ me: me.id, messages });
  /** What the next drawing is about. @type {{ others: Message[], quietly: boolean }} */
  const due = { others: [], quietly: false };
  const frame = createFrame(paint);
  let shown = false;
  const history = createHistory({
    ...{ place, log },
    oldest: messages[0]?.seq ?? (start ?? 0) + 1,
    add: (older) => add(older, { isOld: true }),
    offer: (hasOlder) => shown && screen.offerOlder(hasOlder),
  });

  function paint() {
    const { others, quietly } = due;
    Object.assign(due, { others: [], quietly: false });
    if (shown && log.size() > MANY) history.trim(screen.atBottom(), KEEP);
    if (shown) screen.draw(log.rows(sending.items(), sending.keys), { others, quietly });
    if (others.length) place.arrived?.(others);
    const naming = others.filter(namesMe);
    if (naming.length) place.mentioned?.(naming);
    seen.mark();
  }
  /** @param {{ others?: readonly Message[], quietly?: boolean }} [how] */
  function changed({ others = [], quietly = false } = {}) {
    due.others.push(...others);
    due.quietly ||= quietly;
    frame.ask();
  }
  /** @param {readonly Message[]} messages @param {{ isOld?: boolean }} [options] isOld: not new to the reader */
  function add(messages, { isOld = false } = {}) {
    const fresh = log.add(messages);
    for (const { clientId } of fresh) if (clientId) sending.settle(clientId);
    const others = isOld ? [] : fresh.filter((message) => message.author.id !== me.id);
    if (others.length) seen.arrived();
    if (fresh.length) changed({ others, quietly: isOld });
  }

  const incoming = createIncoming({
    place: { ...place, start },
    log,
    add,
    changed: () => changed({ quietly: true }),
    began: (page) => history.beginsAt(page.messages[0]?.seq ?? history.oldest(), page.older ?? false),
    isLoaded: (seq) => seq >= history.oldest(),
  });
  const sending = createSending({
    key,
    pictures: { path: place.pictures ?? '', isKept: place.keepsPictures ?? true },
    isStored: log.hasPost,
    taken: (message) => incoming.take([message]),
    post: async ({ shelf, chat, ...rest }) =>
      incoming.take([await (shelf ? postGif(place.pictures ?? '', shelf, rest) : place.post({ chat, ...rest }))]),
    answered: screen.answered,
    refused: (code) => place.postRefused?.(code),
    changed: () => changed(),
  });
  const seen = createSeen({ key, log, isInSight: () => shown && screen.atBottom(), seen: place.seen });
  for (const { clientId } of messages) if (clientId) sending.settle(clientId);

  return {
    key,
    log,
    ...incoming,
    /** @param {string} text @param {Quote} [replyTo] what it answers @returns {boolean} whether there was something to send */
    say(text, replyTo) {
      const taken = sending.say(text, replyTo);
      if (taken) log.markNew(null);
      return taken;
    },
    /** A GIF of the shelf. @param {import('./outbox.js').ShelfItem} shelf @param {Quote} [replyTo] */
    sendGif(shelf, replyTo) {
      sending.sendGif(shelf, replyTo);
      log.markNew(null);
    },
    /** @param {readonly import('../pictures/picture-lane.js').ChosenPicture[]} pictures in this order */
    sendPictures(pictures) {
      sending.sendPictures(pictures);
      log.markNew(null);
    },
    /** The conversation has ended for the reader: pictures that wait are erased. */
    forgetPictures: sending.forgetPictures,
    /** What is on its way, or was refused. */
    pending: sending.items,
    retry: sending.retry,
    discard: sending.settle,
    kick: sending.kick,
    changed,
    markSeen: seen.mark,
    /** @param {boolean} isShown */
    show(isShown) {
      shown = isShown;
      if (shown) changed({ quietly: true });
    },
    hasOlder: history.hasOlder,
    loadOlder: history.loadOlder,
    loadBack: history.loadBack,
    loadAll: history.loadAll,
    /** Old messages need not stay in the page any longer. */
    forgetOld() {
      history.settle();
      changed({ quietly: true });
    },
    /** Take back the last text that failed. */
    takeFailed: sending.takeFailed,
    /** @param {'joined' | 'left'} what @param {Person} who */
    moved(what, who) {
      if (who.id === me.id) return;
      log.moved(what, who);
      changed();
    },
    /** Messages that are new since the reader left. */
    newCount: () => Math.max(0, log.last() - (log.newAfter() ?? Infinity)),
    stop: together(sending.stop, seen.stop, incoming.stop, frame.stop),
  };
}
