/** New messages while the page is out of sight: a number in the title, a dot on the icon, a quiet sound if asked for. */
import { find, on, together } from './dom.js';
import { keep, recall } from './store.js';
import { t } from './words.js';

const SOUND = 'gif-chat:sound';

/**
 * @param {{ direct?: boolean }} [place] `direct`: messages to this person alone sound unless switched off, also in sight
 */
export function initAttention({ direct = false } = {}) {
  const title = document.title;
  const link = find('link[rel="icon"]', HTMLLinkElement);
  const plain = link?.href ?? '';
  const toggle = find('[data-sound]', HTMLInputElement);
  let unseen = 0;
  let loud = recall('local', direct ? `${SOUND}:direct` : SOUND, direct);
  /** @type {AudioContext | null} */
  let audio = null;

  function show() {
    document.title = unseen ? t('chat.title_new', { count: unseen > 99 ? '99+' : unseen, title }) : title;
    if (link) link.href = unseen ? dotted() : plain;
  }
  /** Browsers let a page sound only after a gesture: the switch is one. */
  function listen() {
    if (loud) audio ??= new AudioContext();
    void audio?.resume();
  }

  const item = find('[data-sound-item]', HTMLElement);
  if (item && 'AudioContext' in window) item.hidden = false;
  if (toggle) toggle.checked = loud;
  const stop = together(
    on(toggle, 'change', () => {
      loud = Boolean(toggle?.checked);
      keep('local', direct ? `${SOUND}:direct` : SOUND, loud);
      listen();
      if (loud && audio) chime(audio);
    }),
    on(document, 'pointerdown keydown', listen, { once: true }),
    on(document, 'visibilitychange', () => {
      if (document.hidden) return;
      unseen = 0;
      show();
    }),
  );
  return {
    /** @param {number} count others' messages that just came */
    arrived(count) {
      if (!count || (!document.hidden && !direct)) return;
      if (loud && audio) chime(audio);
      if (!document.hidden) return;
      unseen += count;
      show();
    },
    stop,
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

/** Two soft notes. @param {AudioContext} audio */
function chime(audio) {
  [660, 880].forEach((pitch, i) => {
    const from = audio.currentTime + i * 0.09;
    const tone = new OscillatorNode(audio, { frequency: pitch, type: 'sine' });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.06, from + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.28);
    tone.connect(loudness).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.3);
  });
}
