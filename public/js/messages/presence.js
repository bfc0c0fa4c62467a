/** Comings and goings, folded: one line between two messages, and no trace of who came and went at once. Pure. */

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
