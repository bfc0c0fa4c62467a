/**
 * The messages of rooms, the lobby or visitors on their way to the sockets of one namespace: one event each, or, to
 * sockets that ask for it (`batch: true`), those that come quickly after one another in one event (gathering.ts). Sockets of
 * both kinds may listen to the same messages: there is a Socket.IO room for each kind.
 */
import type { Namespace, Socket } from 'socket.io';
import type { Tally } from '../../services/site/tally.js';
import { Gathering } from './gathering.js';

/** How the two kinds are told. Each is encoded once for all sockets of a node. */
interface Emit<Message> {
  one: (room: string, message: Message) => void;
  many: (room: string, messages: Message[]) => void;
}

/** Receivers that are reckoned with while sockets of other nodes may listen, which nobody here has counted. */
const ELSEWHERE = 250;

type Listener = Pick<Socket, 'join' | 'leave'>;

export class Feed<Message> {
  readonly #gathering: Gathering<Message>;

  /** @param shared what is emitted reaches other nodes, too. */
  constructor(
    private readonly adapter: Pick<Namespace['adapter'], 'rooms'>,
    private readonly emit: Emit<Message>,
    private readonly shared: boolean,
    private readonly tally: Pick<Tally, 'delivered'>,
  ) {
    const receivers = (key: string) => Math.max(adapter.rooms.get(batched(key))?.size ?? 0, shared ? ELSEWHERE : 0);
    this.#gathering = new Gathering(receivers, (key, messages) => {
      tally.delivered(messages.length, adapter.rooms.get(batched(key))?.size ?? 0);
      emit.many(batched(key), messages);
    });
  }

  /**
   * From now on this socket gets the messages of `key`, in the way it asks for; a later call changes the way. What waits
   * was told before the socket listened, and may be in the history that it reads next: it leaves first, so
   * that gathering makes no socket get a message twice, or miss one.
   */
  async join(socket: Listener, key: string, batch: boolean): Promise<void> {
    this.flush(key);
    const [to, from] = batch ? [batched(key), single(key)] : [single(key), batched(key)];
    // Both in one step: what is told between them would be missed.
    await Promise.all([socket.leave(from), socket.join(to)]);
  }

  tell(key: string, message: Message): void {
    if (this.#isHeard(single(key))) {
      this.tally.delivered(1, this.adapter.rooms.get(single(key))?.size ?? 0);
      this.emit.one(single(key), message);
    }
    if (this.#isHeard(batched(key))) this.#gathering.add(key, message);
  }

  /** Send what waits, so that what is emitted next comes after it. */
  flush(key: string): void {
    this.#gathering.flush(key);
  }

  stop(): void {
    this.#gathering.stop();
  }

  /** What nobody hears is not encoded. */
  #isHeard(room: string): boolean {
    return this.shared || this.adapter.rooms.has(room);
  }
}

/** The Socket.IO rooms of those who listen to the messages of `key`. */
export const feedRooms = (key: string): string[] => [single(key), batched(key)];

const single = (key: string): string => `${key}/one`;
const batched = (key: string): string => `${key}/many`;
