/** Pictures dragged onto the page. Anything else that is dragged is none of our business, but never replaces the page. */
import { need, on, together } from '../ui/dom.js';

/**
 * The files of a paste or a drop: its pictures, or, where there is none, what was meant to be one. Text beside them (a
 * copied web page) is left alone.
 * @param {DataTransfer | null} data
 * @returns {File[]}
 */
export function filesOf(data) {
  const files = [...(data?.files ?? [])];
  const pictures = files.filter((file) => file.type.startsWith('image/'));
  return pictures.length ? pictures : files;
}

/** @param {(files: readonly File[]) => void} take */
export function watchDrops(take) {
  const here = need('[data-drop-here]', HTMLElement);
  let depth = 0;
  /** @param {DragEvent} event */
  const carriesFile = (event) => event.dataTransfer?.types.includes('Files') ?? false;

  /** @param {number} by */
  function count(by) {
    depth = by === 0 ? 0 : Math.max(0, depth + by);
    here.hidden = depth === 0;
  }
  return together(
    on(window, 'dragenter', (event) => carriesFile(event) && count(1)),
    on(window, 'dragleave', (event) => carriesFile(event) && count(-1)),
    on(window, 'dragover', (event) => carriesFile(event) && event.preventDefault()),
    on(window, 'drop', (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      count(0);
      take(filesOf(event.dataTransfer));
    }),
  );
}
