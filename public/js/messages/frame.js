/**
 * Drawing at most once an animation frame, however many messages come in between. A hidden page gets no frames, but its
 * title and its place in the log must still be right: there a timer draws, also what waited for a frame when it was hidden.
 */
import { on, together } from '../ui/dom.js';

const HIDDEN_MS = 50;

/** @param {() => void} draw */
export function createFrame(draw) {
  let frame = 0;
  let timer = 0;

  function cancel() {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = timer = 0;
  }
  function run() {
    cancel();
    draw();
  }
  function ask() {
    if (frame || timer) return;
    if (document.hidden) timer = window.setTimeout(run, HIDDEN_MS);
    else frame = requestAnimationFrame(run);
  }
  function askAnew() {
    // A timer of a page that is still hidden runs on: begun anew at each event, it might never end.
    if (document.hidden ? !frame : !timer) return;
    cancel();
    ask();
  }

  return {
    /** Something is to be drawn. */
    ask,
    stop: together(on(document, 'visibilitychange', askAnew), cancel),
  };
}
