/** Who is host and who helps, as it is now: what the page offers goes by it, and each change is told in a quiet line. */
import { me, need } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/rooms/contract.js').Roles} Roles */

/** What is said of somebody else, and of the reader. */
const WORDS = {
  host: { other: 'people.host_now', me: 'people.you_host_now' },
  helper: { other: 'people.helper_now', me: 'people.you_helper_now' },
  member: { other: 'people.helper_no_more', me: 'people.you_helper_no_more' },
};

/**
 * @param {{
 *   roles: Roles, nameOf: (visitor: string) => string | undefined, say: (words: string) => void,
 *   changed: (roles: Roles) => void,
 * }} parts `say`: a quiet line
 */
export function initRoles({ roles: initial, nameOf, say, changed }) {
  const main = need('main[data-role]', HTMLElement);
  let roles = initial;

  /** What changed, in words, for each whose role is another one. @param {Roles} next */
  function tell(next) {
    for (const id of new Set([...Object.keys(roles), ...Object.keys(next)])) {
      const [before, after] = [roles[id], next[id]];
      const name = nameOf(id);
      if (before === after || (name === undefined && id !== me.id)) continue;
      // The former host is told of by the new one.
      if (before === 'host' && !after) continue;
      const { other, me: mine } = WORDS[after ?? 'member'];
      say(id === me.id ? t(mine) : t(other, { name: name ?? '' }));
    }
  }

  return {
    /** @param {Roles} next */
    set(next) {
      tell(next);
      roles = next;
      main.dataset.role = next[me.id] ?? 'member';
      changed(next);
    },
    now: () => roles,
  };
}
