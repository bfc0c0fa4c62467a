/** The transcript of a consultation: plain text for people, JSON for programs. Notes are in neither. */
import type { ConsultMessageView, ConsultStep, SessionView } from '../../schemas/consult/contract.js';
import { when } from '../../shared/when.js';
import { type Lang, translator } from '../site/locales.js';

interface Where {
  /** The reader's language and time zone. */
  lang: Lang;
  zone?: string | undefined;
  /** The site's address, so that image links work outside the site. */
  url: string;
}

/** Everything that a program may show as the end of a line: the lines of a message are indented below its author. */
const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu;

/** The transcript as plain text, in the reader's language and time zone: steps and messages, one a line, in order. */
export function transcriptText(
  session: SessionView,
  messages: ConsultMessageView[],
  { lang, zone, url }: Where,
): string {
  const t = translator(lang);
  const at = (iso: string) => when(iso, 'full', { lang, zone });
  const step = ({ what, by, why }: ConsultStep) =>
    t(`consult.step_${why ? `${what}_${why}` : what}`, { name: by ?? '' });
  const said = ({ author, sender, message, image }: ConsultMessageView) => {
    const who = sender === 'consultant' ? t('consult.transcript_consultant', { name: author.name }) : author.name;
    const text = image ? `[${t('chat.gif')}${image.alt ? `: ${image.alt}` : ''}] ${url}${image.url}` : message;
    return `${who}: ${text.replace(LINE_ENDS, '\n    ')}`;
  };
  const lines = [
    ...session.trail.map((entry) => ({ at: entry.at, text: `— ${step(entry)}` })),
    ...messages.map((message) => ({ at: message.timestamp, text: said(message) })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  const { topic, rating } = session;
  const head = [
    t('consult.transcript_title'),
    ...(topic ? [`${t('consult.topic')}: ${topic}`] : []),
    ...(rating
      ? [`${t('consult.rating')}: ${'★'.repeat(rating.stars)}${'☆'.repeat(5 - rating.stars)} ${rating.line}`.trim()]
      : []),
  ];
  return [...head, '', ...lines.map((line) => `[${at(line.at)}] ${line.text}`), ''].join('\n');
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
