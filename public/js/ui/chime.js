/**
 * Soft notes, where the reader wants them. Browsers let a page sound only after a gesture: until then there is nothing to
 * hear, and nothing breaks.
 */
import { on, together } from './dom.js';
import { keep, recall } from './store.js';

/**
 * Notes one after the other. `apart`, `attack` and `length` are seconds, `gain` is 0..1.
 * @typedef {{ pitches: number[], apart: number, wave: OscillatorType, gain: number, attack: number, length: number }} Notes
 */

/** @type {Notes} */
export const MESSAGE = { pitches: [660, 880], apart: 0.09, wave: 'sine', gain: 0.06, attack: 0.02, length: 0.28 };
/** @type {Notes} */
export const ALERT = { pitches: [587, 740, 880], apart: 0.16, wave: 'triangle', gain: 0.12, attack: 0.03, length: 0.4 };

/**
 * @param {{ key: string, byDefault: boolean, notes: Notes, toggle: HTMLInputElement | null, switched?: () => void }} parts
 *   `key` keeps the reader's choice; `switched`: the toggle was used
 */
export function createChime({ key, byDefault, notes, toggle, switched }) {
  let isOn = recall('local', key, byDefault);
  /** @type {AudioContext | null} */
  let audio = null;
  if (toggle) toggle.checked = isOn;

  function wake() {
    if (isOn && 'AudioContext' in window) audio ??= new AudioContext();
    void audio?.resume();
  }

  return {
    wake,
    /** Sound, if it is on and the page was touched. */
    ring() {
      if (isOn && audio) play(audio, notes);
    },
    /** It is on, and the browser lets the page sound. */
    isHeard: () => isOn && audio?.state === 'running',
    /** It is on, and the browser waits for a gesture. */
    isHeldBack: () => isOn && audio !== null && audio.state !== 'running',
    stop: together(
      on(document, 'pointerdown keydown', wake),
      on(toggle, 'change', () => {
        isOn = Boolean(toggle?.checked);
        keep('local', key, isOn);
        wake();
        switched?.();
      }),
    ),
  };
}

/** @param {AudioContext} audio @param {Notes} notes */
function play(audio, { pitches, apart, wave, gain, attack, length }) {
  pitches.forEach((pitch, i) => {
    const from = audio.currentTime + i * apart;
    const tone = new OscillatorNode(audio, { frequency: pitch, type: wave });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(gain, from + attack);
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + length);
    tone.connect(loudness).connect(audio.destination);
    tone.start(from);
    tone.stop(from + length + 0.02);
  });
}
