/** Where the keyboard lies over the page instead of shrinking it (iOS), the page takes the height that is left. */
import { on, together } from './dom.js';

export function initViewport() {
  const view = window.visualViewport;
  if (!view) return () => {};
  const root = document.documentElement;
  function measure() {
    const covered = view && window.innerHeight - view.height > 80 && view.scale < 1.05;
    if (covered) root.style.setProperty('--visible', `${view.height}px`);
    else root.style.removeProperty('--visible');
    if (covered) window.scrollTo(0, 0);
  }
  return together(on(view, 'resize scroll', measure));
}
