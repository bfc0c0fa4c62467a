/** Who is typing in rooms, told to the others: at once when it is quiet, else each socket's latest state a few times a second. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DomainEvents } from '../../services/site/events.js';
import { coalesce, type Coalesced } from '../sockets/coalesce.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import { chatRoom } from './names.js';

type Typing = DomainEvents['room.typing'][0];

/** Milliseconds between two tellings: a person who types sends "on" once in three seconds. */
const TYPING_MS = 50;

export function tellTyping(
  chat: NamespaceOf<'/chat'>,
  onError: (error: unknown) => void,
): Pick<Coalesced<Typing>, 'changed' | 'stop'> {
  const latest = new Map<string, Typing>();
  const { changed, stop } = coalesce<string>(
    TYPING_MS,
    async (keys) => {
      for (const key of keys) {
        const typing = latest.get(key);
        latest.delete(key);
        if (!typing) continue;
        const { room, socket, who, on } = typing;
        chat.volatile.to(chatRoom(room)).except(socket).emit('typing', { who, on });
        // What is volatile is dropped while the write before it is under way, which the next turn has finished.
        await nextTurn();
      }
    },
    onError,
  );
  return {
    changed(typing) {
      const key = `${typing.socket} ${typing.room}`;
      latest.set(key, typing);
      changed(key);
    },
    stop,
  };
}
