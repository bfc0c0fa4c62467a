/** What those in charge of a room did, in words. Pure: shared by server and browser. */

/** @typedef {import('../schemas/rooms/contract.js').NoticeView} NoticeView */
/** @typedef {{ kind: 'step', key: string, at: string, words: string }} NoticeRow */

/**
 * @param {NoticeView} notice
 * @param {import('./translator.js').Translate} t
 */
export const noticeText = ({ what, count }, t) => t(`notices.${what}`, count === undefined ? {} : { count });

/** The key of a notice's row. @param {NoticeView} notice */
export const noticeKey = ({ what, at }) => `n-${what}-${at}`;

/**
 * Rows of a conversation with what was told between them. What happened before the first row belongs to messages that are
 * not here, unless the conversation begins with it.
 * @template {{ at: string, kind: string }} Row
 * @param {readonly Row[]} rows in order
 * @param {readonly NoticeView[]} notices in order
 * @param {import('./translator.js').Translate} t
 * @param {boolean} begins
 * @returns {(Row | NoticeRow)[]}
 */
export function withNotices(rows, notices, t, begins) {
  /** @type {(Row | NoticeRow)[]} */
  const merged = [];
  const start = rows[0]?.at ?? '';
  let due = notices.filter(({ at }) => begins || at >= start);
  /** @param {readonly NoticeView[]} told */
  const tell = (told) =>
    merged.push(
      ...told.map((notice) => ({
        kind: /** @type {const} */ ('step'),
        key: noticeKey(notice),
        at: notice.at,
        words: noticeText(notice, t),
      })),
    );
  for (const row of rows) {
    const { at } = row;
    tell(due.filter((notice) => notice.at < at));
    due = due.filter((notice) => notice.at >= at);
    merged.push(row);
  }
  tell(due);
  return merged;
}
