/**
 * Pictures before they are sent: shown in a strip, described, taken out again. Each is checked when it is chosen; what is
 * sent goes in the order in which it was chosen.
 */
import { newId } from '../net/id.js';
import { errorText, t } from '../ui/words.js';
import { attachPanel } from './attach-panel.js';
import { sizeText } from './picture.js';
import { previewOf } from './preview.js';
import { shrink } from './shrink.js';

/** @typedef {import('../messages/conversation.js').Conversation} Conversation */

/**
 * `file` and `preview` once it is found good, `refusal` in words once it is not.
 * @typedef {{
 *   clientId: string, original: File, alt: string,
 *   file?: File, preview?: import('./preview.js').Preview, refusal?: string,
 * }} Chosen
 */

const TYPES = /^image\/(gif|png|jpeg|webp)$/;
/** Pictures at once. */
const MOST = 10;

/**
 * `limit`: bytes of one; `target`: the conversation that is open; `reply`: what they answer; `sent`: pictures are on their way; `ready`: the pictures
 * wait for the reader's word.
 * @typedef {{
 *   limit: number, target: () => Conversation | null,
 *   reply: () => import('../messages/message-quote.js').Quote | undefined, sent: () => void, ready: () => void,
 * }} Parts
 */

/** @param {Parts} parts */
export function createAttachment({ limit, target, reply, sent, ready }) {
  /** @type {Chosen[]} */
  let chosen = [];
  /** Chosen for one conversation, and sent there or nowhere. @type {Conversation | null} */
  let to = null;
  let current = '';
  let leftOut = 0;
  /** One after another: photos that are made smaller take much memory. */
  let preparing = Promise.resolve();

  const panel = attachPanel({
    choose(clientId) {
      current = clientId;
      draw();
    },
    remove(clientId) {
      drop(chosen.filter((one) => one.clientId === clientId));
      if (chosen.length === 0) ready();
    },
    clear() {
      drop(chosen);
      ready();
    },
    describe(words) {
      const one = chosen.find(({ clientId }) => clientId === current);
      if (one) one.alt = words;
    },
  });

  function draw() {
    if (!chosen.some(({ clientId }) => clientId === current)) current = chosen.at(-1)?.clientId ?? '';
    const limits = { most: MOST, each: sizeText(limit) };
    panel.draw({
      chosen,
      current,
      words: leftOut ? t('chat.attach_left_out', { count: leftOut, ...limits }) : t('chat.attach_limits', limits),
    });
  }

  /** @param {readonly Chosen[]} gone */
  function drop(gone) {
    for (const { preview } of gone) if (preview) URL.revokeObjectURL(preview.src);
    takeOut(gone);
  }

  /** Take out without revoking what is shown elsewhere. @param {readonly Chosen[]} gone */
  function takeOut(gone) {
    chosen = chosen.filter((one) => !gone.includes(one));
    leftOut = 0;
    draw();
  }

  /** @param {Chosen} one @returns {Promise<string>} why not, in words */
  async function check(one) {
    if (!TYPES.test(one.original.type)) return t('chat.not_image');
    const file = await shrink(one.original, limit);
    if (file.size > limit) return t('chat.too_big', { size: sizeText(file.size), max: sizeText(limit) });
    const preview = await previewOf(file);
    if (!preview) return errorText('image_broken');
    Object.assign(one, { file, preview });
    return '';
  }

  /** @param {Chosen} one */
  async function prepare(one) {
    if (!chosen.includes(one)) return;
    const refusal = await check(one);
    if (refusal) one.refusal = refusal;
    if (chosen.includes(one)) draw();
    else if (one.preview) URL.revokeObjectURL(one.preview.src);
  }

  return {
    /** @param {readonly File[]} files */
    take(files) {
      to = target();
      const taken = files.slice(0, MOST - chosen.length).map((original) => ({ clientId: newId(), original, alt: '' }));
      chosen.push(...taken);
      leftOut = files.length - taken.length;
      current = taken[0]?.clientId ?? current;
      for (const one of taken) preparing = preparing.then(() => prepare(one));
      draw();
      ready();
    },
    /** @returns {boolean} whether there was a picture to send */
    send() {
      const place = to;
      const going = chosen.filter(({ refusal }) => !refusal);
      if (!place || going.length === 0) return false;
      const replyTo = reply();
      void preparing.then(() => {
        const good = going.filter((one) => chosen.includes(one)).filter(({ file, preview }) => file && preview);
        if (good.length === 0) return;
        takeOut(good);
        place.sendPictures(
          good.flatMap(({ clientId, alt, file, preview }, at) =>
            file && preview
              ? [{ clientId, file, alt: alt.trim(), ...preview, ...(at === 0 && replyTo ? { replyTo } : {}) }]
              : [],
          ),
        );
        if (place === target()) sent();
      });
      return true;
    },
    /** Another conversation is open: what was not sent yet is put away. */
    leave: () => drop(chosen),
    stop() {
      drop(chosen);
      panel.stop();
    },
  };
}
