/** Consultations in the shapes that conversations are drawn from. Pure: shared by server and browser. */

/** @typedef {import('../schemas/consult/contract.js').ConsultMessageView} ConsultMessageView */
/** @typedef {import('../schemas/consult/contract.js').SessionView} SessionView */
/** @typedef {import('./timeline.js').Message} Message */

/**
 * @param {ConsultMessageView} said
 * @param {string} [visitor] on the visitor's side: all of the visitor's words are the reader's own, those from another browser too
 * @returns {Message}
 */
export function asMessage({ _id, sessionId, seq, message, timestamp, author, sender, image, clientId }, visitor) {
  return {
    _id,
    room: sessionId,
    seq,
    user: author.color,
    author: { id: sender === 'user' ? (visitor ?? author.id) : author.id, name: author.name },
    rev: 0,
    createdAt: timestamp,
    ...(image ? { gif: image } : { chat: message }),
    ...(clientId ? { clientId } : {}),
  };
}

/**
 * The steps of a case as rows between its messages, in the words of one side.
 * @param {SessionView} session
 * @param {(key: string, vars?: Record<string, string | number>) => string} t
 * @param {'consult' | 'desk'} side
 */
export function stepRows({ sessionId, trail }, t, side) {
  return trail.map(({ at, what, by, why }, i) => ({
    kind: /** @type {const} */ ('step'),
    key: `s-${sessionId}-${i}`,
    at,
    words: t(`${side}.step_${why ? `${what}_${why}` : what}`, { name: by ?? '' }),
  }));
}

/**
 * A length of time in words: minutes from one and a half up, seconds below.
 * @param {number} ms
 * @param {(key: string, vars?: Record<string, string | number>) => string} t
 */
export function lengthText(ms, t) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 90
    ? t('consult.seconds', { count: seconds })
    : t('consult.minutes', { count: Math.round(seconds / 60) });
}

/**
 * The waiting panel's sentences.
 * @param {import('../schemas/consult/contract.js').QueueView | null} queue
 * @param {(key: string, vars?: Record<string, string | number>) => string} t
 */
export function queueText(queue, t) {
  if (!queue?.staffed)
    return { title: t('consult.question_title'), position: t('consult.question_text'), estimate: '' };
  const { place, waiting, estimateMs } = queue;
  const first = place === 1 ? t('consult.place_first') : t('consult.place', { count: place });
  return {
    title: t('consult.waiting_title'),
    position: waiting > 1 ? `${first} · ${t('consult.waiting_count', { count: waiting })}` : first,
    estimate:
      estimateMs === null
        ? t('consult.estimate_none')
        : estimateMs <= SOON_MS
          ? t('consult.estimate_soon')
          : t('consult.estimate', { time: lengthText(estimateMs, t) }),
  };
}

const SOON_MS = 30_000;
