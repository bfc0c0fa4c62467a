/** New messages while the page is out of sight: a number in the title, a dot on the icon, a quiet sound if asked for. */
import { createChime, MESSAGE } from './chime.js';
import { find, on, together } from './dom.js';
import { t } from './words.js';

const SOUND = 'gif-chat:sound';

/** @param {{ direct?: boolean }} [options] `direct`: messages to this person alone sound unless switched off, also in sight */
export function initAttention({ direct = false } = {}) {
  const title = document.title;
  const link = find('link[rel="icon"]', HTMLLinkElement);
  const plain = link?.href ?? '';
  const chime = createChime({
    key: direct ? `${SOUND}:direct` : SOUND,
    byDefault: direct,
    notes: MESSAGE,
    toggle: find('[data-sound]', HTMLInputElement),
    switched: () => chime.ring(),
  });
  let unseen = 0;
  let isMentioned = false;

  function show() {
    const count = `${isMentioned ? '@' : ''}${unseen > 99 ? '99+' : unseen}`;
    document.title = unseen ? t('chat.title_new', { count, title }) : title;
    if (link) link.href = unseen ? dotted() : plain;
  }

  const item = find('[data-sound-item]', HTMLElement);
  if (item && 'AudioContext' in window) item.hidden = false;
  return {
    /** @param {number} count others' messages that just came */
    arrived(count) {
      if (!count || (!document.hidden && !direct)) return;
      chime.ring();
      if (!document.hidden) return;
      unseen += count;
      show();
    },
    /** Some of them name the reader: that sounds in sight, too. */
    mentioned() {
      if (!document.hidden) return direct ? undefined : chime.ring();
      isMentioned = true;
      show();
    },
    stop: together(
      chime.stop,
      on(document, 'visibilitychange', () => {
        if (document.hidden) return;
        unseen = 0;
        isMentioned = false;
        show();
      }),
    ),
  };
}

let drawn = '';
/** The page's icon with a dot, drawn once. */
function dotted() {
  if (drawn) return drawn;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext('2d');
  if (!pen) return '';
  pen.fillStyle = '#5b4be0';
  pen.roundRect(0, 0, 64, 64, 20);
  pen.fill();
  pen.strokeStyle = '#fff';
  pen.lineWidth = 8;
  pen.lineCap = 'round';
  pen.beginPath();
  pen.arc(32, 32, 14, 0.35, Math.PI - 0.35);
  pen.stroke();
  pen.fillStyle = '#ff5a4f';
  pen.beginPath();
  pen.arc(49, 15, 15, 0, 2 * Math.PI);
  pen.fill();
  return (drawn = canvas.toDataURL('image/png'));
}
