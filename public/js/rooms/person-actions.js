/** How the menu of a person is opened: by its button, by a long press or a right click on their row. */
import { me, need, on, together } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { report } from './reports.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./person-menu.js')>} */
const menu = lazy(new URL('./person-menu.js', import.meta.url));

/** Milliseconds that a finger rests on a row, where no `contextmenu` comes of it. */
const PRESS_MS = 500;

/**
 * @param {{ room: string, roles: () => import('../../../schemas/rooms/contract.js').Roles, nameOf: (id: string) => string | undefined }} parts
 */
export function initPersonActions({ room, roles, nameOf }) {
  const list = need('[data-people-list]', HTMLElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let press;

  /** @param {string} id */
  function open(id) {
    const name = nameOf(id);
    if (!name || id === me.id) return;
    const now = roles();
    const about = { room, mine: now[me.id] ?? 'member', theirs: now[id], person: { id, name } };
    const reportThem = () => report({ path: `/room/${room}/people/${id}`, name });
    void menu(({ openPersonMenu }) => openPersonMenu({ ...about, report: reportThem }));
  }
  /** @param {Event} event */
  const rowOf = ({ target }) =>
    target instanceof Element ? (target.closest('[data-id]')?.getAttribute('data-id') ?? '') : '';
  const stopPress = () => clearTimeout(press);

  return together(
    on(list, 'click', ({ target }) => {
      const button = target instanceof Element ? target.closest('[data-person-menu]') : null;
      if (button) open(button.getAttribute('data-person-menu') ?? '');
    }),
    on(list, 'contextmenu', (event) => {
      const id = rowOf(event);
      if (!id || id === me.id) return;
      event.preventDefault();
      stopPress();
      open(id);
    }),
    on(
      list,
      'touchstart',
      (event) => {
        const id = rowOf(event);
        stopPress();
        press = setTimeout(() => open(id), PRESS_MS);
      },
      { passive: true },
    ),
    on(list, 'touchend touchmove touchcancel', stopPress, { passive: true }),
    stopPress,
  );
}
