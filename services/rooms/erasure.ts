/**
 * Everything that was said in a room so far is erased: texts, pictures, polls, and with them what quotes them. Each message
 * stays as a number without content, so that numbering goes on and nobody takes a gap for something missing; what is posted
 * meanwhile stays if it comes after the last message of the beginning. Clients hear it once (`erased`), and of the newest
 * messages also as of any change, which is all that a simple client shows.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import { PAGE_MAX } from '../../schemas/site/text.js';
import { removal } from '../messages/actions.js';
import type { ImageStore } from '../messages/image-store.js';
import type { EventBus } from '../site/events.js';
import type { Chats } from './chat.js';
import type { Notices } from './notices.js';
import type { Reports } from './reports.js';
import type { Settings } from './settings.js';

/** Messages that one question changes. */
const BATCH = 500;

interface Deps {
  models: Models;
  events: EventBus;
  chats: Pick<Chats, 'missed' | 'changedSince' | 'changeAll' | 'settled'>;
  images: Pick<ImageStore, 'remove'>;
  settings: Pick<Settings, 'unpin'>;
  notices: Pick<Notices, 'tell'>;
  reports: Pick<Reports, 'settleMessages'>;
}

export class Erasure {
  constructor(private readonly deps: Deps) {}

  /**
   * Erase all messages of an open room, for those in charge. What is stored by now was told before it is erased, on every
   * node, so that no client hears a message after its end; what is stored after that is younger, and stays.
   * @returns how many there were.
   * @throws AppError busy; then, as where the store fails, some are erased, and it can be asked for again.
   */
  async erase(room: string): Promise<number> {
    const { chats, notices, reports } = this.deps;
    const [{ seq: upTo }, { rev: since }] = await Promise.all([
      chats.missed(room, undefined),
      chats.changedSince(room, undefined),
    ]);
    await this.#allTold(room);
    const done = { count: 0, seq: 0, rev: since };
    try {
      while (await this.#eraseBatch(room, upTo, done));
    } finally {
      if (done.count > 0) await this.#tell(room, since, done);
    }
    if (done.count > 0) await notices.tell(room, 'erased');
    await reports.settleMessages(room);
    return done.count;
  }

  /** Resolves once everything stored before was told. */
  async #allTold(room: string): Promise<void> {
    const works: Promise<unknown>[] = [this.deps.chats.settled(room)];
    this.deps.events.announce('room.erasing', { room, waitUntil: (work) => works.push(work) });
    await Promise.all(works);
  }

  /** @returns whether there was something left to erase. */
  async #eraseBatch(room: string, upTo: number, done: { count: number; seq: number; rev: number }): Promise<boolean> {
    const { models, chats, images } = this.deps;
    const seq = trusted({ $gt: done.seq, $lte: upTo });
    const found = await models.Chat.find({ room, seq, removed: trusted({ $exists: false }) })
      .sort({ seq: 1 })
      .limit(BATCH)
      .select('seq gif')
      .lean<Pick<Chat, '_id' | 'seq' | 'gif'>[]>();
    const last = found.at(-1);
    if (!last) return false;
    const ids = found.map(({ _id }) => _id);
    const rev = await chats.changeAll(room, ids, removal('host'));
    Object.assign(done, { count: done.count + found.length, seq: last.seq, rev });
    await images.remove(room, ...found.flatMap(({ gif }) => gif ?? []));
    return true;
  }

  async #tell(room: string, since: number, { seq: upTo, rev }: { seq: number; rev: number }): Promise<void> {
    const { models, events, settings } = this.deps;
    const { pinned } = (await models.Room.findOne({ _id: room }).select('pinned').lean()) ?? {};
    if (pinned && (await models.Chat.exists({ _id: pinned, removed: 'host' }))) await settings.unpin(room, pinned);
    const newest = await models.Chat.find({ room, rev: trusted({ $gt: since, $lte: rev }), removed: 'host' })
      .sort({ rev: -1 })
      .limit(PAGE_MAX)
      .lean<Chat[]>();
    events.announce('room.erased', { room, upTo, since, rev });
    for (const chat of newest.reverse()) events.announce('message.changed', messageView(chat));
  }
}
