/**
 * Reads the list page again and takes its cards: after the connection was lost, and now and then for the faces that live
 * events do not carry. The page stays where it is.
 */
import { find } from '../ui/dom.js';

const EVERY_MS = 20_000;

/**
 * @param {HTMLElement} list
 * @param {(total: number) => void} done
 */
export function createRefresh(list, done) {
  let wished = false;
  let urgent = false;
  let busy = false;
  // Every page is told of a change at the same moment: they do not all ask at the same moment.
  let next = Date.now() + EVERY_MS * Math.random();

  async function run() {
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = find('[data-rooms]', HTMLElement, page);
      if (!fresh) return;
      list.replaceChildren(...[...fresh.children].map((card) => document.adoptNode(card)));
      wished = urgent = false;
      done(Number(find('main', HTMLElement, page)?.dataset.total ?? list.children.length));
    } catch {
      // Away again: the next reconnect asks once more.
    } finally {
      next = Date.now() + EVERY_MS;
      busy = false;
    }
  }

  return {
    /** @param {boolean} [soon] what is shown may be wrong, not only faceless */
    wish(soon = false) {
      wished = true;
      urgent ||= soon;
    },
    /** Called whenever nobody is using the list. */
    perhaps() {
      if (wished && !busy && !document.hidden && (urgent || Date.now() > next)) void run();
    },
  };
}
