/** What a poll's bars and the line below them say. Pure: shared by server and browser. */

/** @typedef {import('../schemas/rooms/contract.js').PollView} PollView */

/** Votes for all options together; a bar is a part of them. @param {PollView} poll */
export const pollTotal = ({ options }) => options.reduce((sum, { votes }) => sum + votes, 0);

/**
 * How many votes there are, and by which rules.
 * @param {PollView} poll
 * @param {import('./translator.js').Translate} t
 */
export function pollWords(poll, t) {
  return [
    t('poll.votes', { count: pollTotal(poll) }),
    t(poll.named ? 'poll.is_named' : 'poll.is_anonymous'),
    ...(poll.endedAt ? [t('poll.has_ended')] : poll.multiple ? [t('poll.is_multiple')] : []),
  ].join(' · ');
}
