/** The transcript of a consultation: plain text for people, JSON for programs. Notes are in neither. */
import type { ConsultMessageView, ConsultStep, SessionView } from '../../schemas/consult/contract.js';
import { asText, type Entry, type Reader } from '../messages/transcript.js';
import { translator } from '../site/locales.js';

/** `url`: the site's address, so that image links work outside the site. */
type Where = Reader & { url: string };

/** The transcript as plain text, in the reader's language and time zone: steps and messages in order. */
export function transcriptText(session: SessionView, messages: ConsultMessageView[], where: Where): string {
  const t = translator(where.lang);
  const step = ({ at, what, by, why }: ConsultStep): Entry => ({
    at,
    text: t(`consult.step_${why ? `${what}_${why}` : what}`, { name: by ?? '' }),
  });
  const said = ({ timestamp, author, sender, message, image }: ConsultMessageView): Entry => ({
    at: timestamp,
    name: sender === 'consultant' ? t('consult.transcript_consultant', { name: author.name }) : author.name,
    text: image ? `[${t('chat.gif')}${image.alt ? `: ${image.alt}` : ''}] ${where.url}${image.url}` : message,
  });
  const entries = [...session.trail.map(step), ...messages.map(said)].sort((a, b) => a.at.localeCompare(b.at));
  const { topic, rating } = session;
  const lines = [
    ...(topic ? [`${t('consult.topic')}: ${topic}`] : []),
    ...(rating
      ? [`${t('consult.rating')}: ${'★'.repeat(rating.stars)}${'☆'.repeat(5 - rating.stars)} ${rating.line}`.trim()]
      : []),
  ];
  const format = asText(where);
  return [format.begin({ title: t('consult.transcript_title'), lines }), ...entries.map(format.entry)].join('');
}

/** The transcript as an object to serialize. @param url the site's address, for image links. */
export function transcriptJson(session: SessionView, messages: ConsultMessageView[], url: string) {
  const { sessionId, topic, state, createdAt, endedAt, rating, trail } = session;
  return {
    sessionId,
    topic,
    state,
    createdAt,
    endedAt,
    rating,
    trail: trail.map(({ at, what, by, why }) => ({ at, what, ...(by && { by }), ...(why && { why }) })),
    messages: messages.map(({ seq, timestamp, sender, author, message, image }) => ({
      seq,
      timestamp,
      sender,
      name: author.name,
      message,
      ...(image && { image: { ...image, url: url + image.url } }),
    })),
  };
}
