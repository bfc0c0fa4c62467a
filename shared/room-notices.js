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
 * Notices as rows between messages.
 * @param {readonly NoticeView[]} notices
 * @param {import('./translator.js').Translate} t
 * @returns {NoticeRow[]}
 */
export const noticeRows = (notices, t) =>
  notices.map((notice) => ({ kind: 'step', key: noticeKey(notice), at: notice.at, words: noticeText(notice, t) }));
