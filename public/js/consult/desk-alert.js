/**
 * The alert that cannot be missed: while somebody waits and nobody has taken them, the title blinks and, where sound is
 * on, three notes repeat every few seconds. Browsers let a page sound only after a gesture; until then a line says so.
 */
import { need, on, together } from '../ui/dom.js';
import { keep, recall } from '../ui/store.js';
import { t } from '../ui/words.js';

const KEY = 'gif-chat:desk-alert';
const BLINK_MS = 1000;
/** Blinks from one sound to the next. */
const EVERY = 5;

export function initDeskAlert() {
  const toggle = need('[data-alert]', HTMLInputElement);
  const hint = need('[data-alert-hint]', HTMLElement);
  const title = document.title;
  let waiting = 0;
  let beat = 0;
  let loud = recall('local', KEY, true);
  /** @type {AudioContext | null} */
  let audio = null;
  toggle.checked = loud;

  function wake() {
    if (loud && 'AudioContext' in window) audio ??= new AudioContext();
    void audio?.resume();
  }
  function tick() {
    hint.hidden = !loud || !audio || audio.state === 'running';
    if (!waiting) return void (document.title = title);
    document.title = beat % 2 ? title : t('desk.alert_title', { count: waiting });
    if (loud && audio?.state === 'running' && beat % EVERY === 0) ring(audio);
    beat += 1;
  }

  wake();
  const timer = setInterval(tick, BLINK_MS);
  const stop = together(
    on(document, 'pointerdown keydown', wake),
    on(toggle, 'change', () => {
      loud = toggle.checked;
      keep('local', KEY, loud);
      wake();
    }),
    () => clearInterval(timer),
  );
  return {
    /** @param {number} count how many wait: one more rings at once, none ends it */
    waiting(count) {
      if (count > waiting) beat = 0;
      waiting = count;
      if (beat === 0) tick();
    },
    stop,
  };
}

/** Three notes, rising. @param {AudioContext} audio */
function ring(audio) {
  [587, 740, 880].forEach((pitch, i) => {
    const from = audio.currentTime + i * 0.16;
    const tone = new OscillatorNode(audio, { frequency: pitch, type: 'triangle' });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.12, from + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.4);
    tone.connect(loudness).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.42);
  });
}
