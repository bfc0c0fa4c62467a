/** What applies in a room besides good manners, in one line for all inside. Pure: shared by server and browser. */

/** Whether somebody's hand is up. @param {readonly { id: string }[]} hands @param {string} visitor */
export const handOf = (hands, visitor) => hands.some(({ id }) => id === visitor);

/**
 * @param {import('../schemas/rooms/contract.js').MemberRoomView} room
 * @param {import('./translator.js').Translate} t
 * @returns {string} empty where nothing does
 */
export function roomRules({ slow, hostsOnly, picturesPaused, closedDoor, approval, listed }, t) {
  return [
    hostsOnly && t('rules.hosts_only'),
    slow > 0 && !hostsOnly && t('rules.slow', { count: slow }),
    picturesPaused && !hostsOnly && t('rules.pictures_paused'),
    closedDoor && t('rules.door_closed'),
    approval && !closedDoor && t('rules.approval'),
    !listed && t('rules.unlisted'),
  ]
    .filter(Boolean)
    .join(' · ');
}
