/** Comings and goings: one row between two messages, no trace of who came and went at once, and the row in words. Pure. */

/** @typedef {import('../../../schemas/people/contract.js').Person} Person */
/** @typedef {{ kind: 'presence', key: string, after: number, joined: Person[], left: Person[] }} PresenceRow */

let made = 0;

/**
 * @param {PresenceRow[]} rows oldest first
 * @param {number} after seq of the newest message
 * @param {'joined' | 'left'} what
 * @param {Person} who
 * @returns {PresenceRow[]}
 */
export function fold(rows, after, what, who) {
  const open = rows.at(-1)?.after === after ? rows.at(-1) : undefined;
  /** @type {PresenceRow} */
  const row = open ?? { kind: 'presence', key: `p-${(made += 1)}`, after, joined: [], left: [] };
  const opposite = what === 'joined' ? 'left' : 'joined';
  const others = (/** @type {Person[]} */ people) => people.filter((person) => person.id !== who.id);
  const undone = row[opposite].length > others(row[opposite]).length;
  const changed = {
    ...row,
    [opposite]: others(row[opposite]),
    [what]: undone ? row[what] : [...others(row[what]), who],
  };
  return [...rows.filter((other) => other !== row), changed].filter(
    (each) => each.joined.length + each.left.length > 0,
  );
}

/** Names that are said; of the others the number. */
const NAMED = 3;

/**
 * "A and B came in · C left".
 * @param {{ joined: Person[], left: Person[] }} row
 * @param {(key: string, vars?: Record<string, string | number>) => string} t
 * @param {string} lang
 */
export function presenceText({ joined, left }, t, lang) {
  /** @param {Person[]} people */
  const names = (people) => {
    const named = people.slice(0, NAMED).map((person) => person.name);
    const rest = people.length - named.length;
    if (rest > 0) return t('chat.names_more', { names: named.join(', '), count: rest });
    // ListFormat's Korean joins with 및, which nobody says.
    return lang === 'ko' ? named.join(', ') : new Intl.ListFormat(lang, { type: 'conjunction' }).format(named);
  };
  return [
    ...(joined.length ? [t('chat.joined', { names: names(joined) })] : []),
    ...(left.length ? [t('chat.left', { names: names(left) })] : []),
  ].join(' · ');
}
