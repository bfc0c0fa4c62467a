/**
 * Reads the list page again and takes its cards: after the connection was lost, and now and then for the faces that live
 * events do not carry. The page stays where it is.
 */
import { find } from '../ui/dom.js';

const EVERY_MS = 20_000;

/**
 * @param {HTMLElement} list
 * @param {() => boolean} isCalm whether its cards may move
 * @param {(total: number, drawnAt: number) => void} done
 */
export function createRefresh(list, isCalm, done) {
  let wished = false;
  let urgent = false;
  let busy = false;
  // Every page is told of a change at the same moment: they do not all ask at the same moment.
  let next = Date.now() + EVERY_MS * Math.random();

  /** @returns {Promise<boolean>} whether the cards are those of a page that was drawn just now */
  async function take() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = find('[data-rooms]', HTMLElement, page);
      // Somebody may point at a card by now.
      if (!fresh || !isCalm()) return false;
      list.replaceChildren(...[...fresh.children].map((card) => document.adoptNode(card)));
      const { total, drawnAt } = find('main', HTMLElement, page)?.dataset ?? {};
      done(Number(total ?? list.children.length), Number(drawnAt));
      return true;
    } catch {
      // Away again: the next reconnect asks once more.
      return false;
    }
  }

  async function run() {
    const wasUrgent = urgent;
    busy = true;
    wished = urgent = false;
    if (!(await take())) {
      wished = true;
      urgent ||= wasUrgent;
    }
    next = Date.now() + EVERY_MS;
    busy = false;
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
