/**
 * The transcript of a room, for its host: everything that was said up to the moment in which it is taken, read page by page
 * as fast as it is sent, so that a long conversation takes no more memory than a short one. The room is told first.
 */
import type { Chat } from '../../schemas/rooms/chat.js';
import { messageView } from '../../schemas/rooms/chat.js';
import type { MessageView, PollView } from '../../schemas/rooms/contract.js';
import { noticesOf, type Room } from '../../schemas/rooms/room.js';
import { noticeText } from '../../shared/room-notices.js';
import type { Translate } from '../../shared/translator.js';
import { when } from '../../shared/when.js';
import type { Clock } from '../database/clock.js';
import type { Entry, Reader, TranscriptFormat } from '../messages/transcript.js';
import { translator } from '../site/locales.js';
import type { Chats } from './chat.js';
import type { Notices } from './notices.js';
import type { Rooms } from './rooms.js';

/** Messages that are read at a time. */
const PAGE = 200;

interface Deps {
  chats: Pick<Chats, 'page' | 'missed'>;
  notices: Pick<Notices, 'tell'>;
  rooms: Pick<Rooms, 'find'>;
  clock: Clock;
}

export class Transcripts {
  constructor(private readonly deps: Deps) {}

  /**
   * Tell the room, then give its transcript in pieces.
   * @param id of a room whose host asks.
   * @param reader in whose language and time zone it is written; `url`: the site's address, for those of pictures.
   * @throws AppError room_closed, room_not_found: before the first piece.
   */
  async take(id: string, format: TranscriptFormat, reader: Reader & { url: string }): Promise<AsyncGenerator<string>> {
    const { chats, notices, rooms } = this.deps;
    await notices.tell(id, 'transcript');
    const [room, { seq }] = await Promise.all([rooms.find(id), chats.missed(id, undefined)]);
    return this.#pieces(room, seq, format, reader);
  }

  async *#pieces(
    room: Room,
    upTo: number,
    format: TranscriptFormat,
    reader: Reader & { url: string },
  ): AsyncGenerator<string> {
    const { lang, zone, url } = reader;
    const t = translator(lang);
    const id = String(room._id);
    const taken = when(this.deps.clock.date().toISOString(), 'full', { lang, zone });
    const intro = t('transcript.intro', { when: taken, url: `${url}/room/${id}` });
    yield format.begin({ title: t('transcript.title', { title: room.title }), lines: [intro] });
    let notices = noticesOf(room);
    /** What was told before a moment, or at the end. */
    const told = (before?: string): Entry[] => {
      const due = notices.filter(({ at }) => before === undefined || at < before);
      notices = notices.slice(due.length);
      return due.map((notice) => ({ at: notice.at, text: noticeText(notice, t) }));
    };
    let count = 0;
    for await (const messages of this.#pages(id, upTo)) {
      const entries = messages.flatMap((message) => [
        ...told(message.createdAt.toISOString()),
        entryOf(messageView(message), room, t, reader),
      ]);
      count += messages.length;
      yield entries.map(format.entry).join('');
    }
    yield told().map(format.entry).join('');
    yield format.end(`${t('transcript.end')} · ${t('transcript.count', { count })}`);
  }

  async *#pages(id: string, upTo: number): AsyncGenerator<Chat[]> {
    for (let after = 0; after < upTo;) {
      const { messages } = await this.deps.chats.page(id, { after, limit: PAGE });
      const last = messages.at(-1);
      if (!last) return;
      after = last.seq;
      yield messages.filter(({ seq }) => seq <= upTo);
    }
  }
}

/** A message: what it says, and that it answers something, was edited, is a poll, a picture, or removed. */
function entryOf(message: MessageView, room: Room, t: Translate, { lang, zone, url }: Reader & { url: string }): Entry {
  const { author, createdAt, chat = '', gif, poll, removed, byOperator, replyTo, editedAt } = message;
  const at = createdAt;
  const name = author.id === room.owner ? t('transcript.host', { name: author.name }) : author.name;
  const byOthers = byOperator ? 'chat.removed_operator' : 'chat.removed_host';
  if (removed) return { at, name, text: `[${t(removed === 'host' ? byOthers : 'chat.removed_author')}]` };
  const picture =
    gif && t(gif.alt ? 'transcript.picture' : 'transcript.picture_plain', { alt: gif.alt, url: url + gif.url });
  const answers =
    replyTo &&
    t(replyTo.excerpt ? 'transcript.answers' : 'transcript.answers_removed', {
      name: replyTo.name,
      text: replyTo.excerpt,
    });
  return {
    at,
    name,
    text: picture ?? (poll ? pollText(poll, t) : chat),
    notes: [
      ...(answers ? [answers] : []),
      ...(editedAt ? [t('transcript.edited', { when: when(editedAt, 'full', { lang, zone }) })] : []),
    ],
  };
}

/** The question, and each option with its votes in a line of its own. */
function pollText({ question, options, endedAt }: PollView, t: Translate): string {
  const lines = options.map(({ text, votes, voters = [] }) => {
    const names = voters.map(({ name }) => name).join(', ');
    const counted = t('poll.votes', { count: votes });
    return `– ${t(names ? 'transcript.poll_option_named' : 'transcript.poll_option', { text, votes: counted, names })}`;
  });
  return [question, ...lines, ...(endedAt ? [`(${t('poll.has_ended')})`] : [])].join('\n');
}
