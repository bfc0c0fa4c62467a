/** What those in charge did, in quiet lines. Several of one kind in a row, with no message between them, are one line. */
import { noticeKey, noticeText } from '../../../shared/room-notices.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/rooms/contract.js').NoticeView} NoticeView */

/**
 * @param {{ say: import('./quiet-lines.js').SayQuietly, newest: () => number }} parts `newest`: the number of the newest
 *   message
 */
export function createNotices({ say, newest }) {
  /** The latest line that was heard live. @type {{ what: string, key: string, count: number, after: number } | null} */
  let latest = null;

  return {
    /** Those that who comes later is told, too. @param {readonly NoticeView[]} notices */
    know(notices) {
      for (const notice of notices) say(noticeText(notice, t), { key: noticeKey(notice), at: notice.at });
    },
    /** @param {NoticeView} notice */
    hear(notice) {
      const { what, count } = notice;
      const before = latest?.what === what && latest.after === newest() ? latest : null;
      const key = before?.key ?? noticeKey(notice);
      // Removed messages add up; of everything else the latest holds.
      const all = what === 'messages_removed' && before ? before.count + (count ?? 0) : count;
      latest = { what, key, count: all ?? 0, after: newest() };
      say(noticeText({ ...notice, ...(all === undefined ? {} : { count: all }) }, t), { key });
    },
  };
}
