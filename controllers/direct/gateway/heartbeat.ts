/** Pings: a peer that misses one is dropped, and a pong says how far mail got. Sessions that ended end their connections. */
import type { Tokens } from '../../../services/people/tokens.js';
import { CLOSE } from './connection.js';
import type { Delivery } from './delivery.js';

interface Options {
  /** Milliseconds between two pings; a connection that did not answer one by the next is dropped. */
  beatMs: number;
  /** Milliseconds between two notes of how far mail got. */
  noteMs: number;
  tokens: Tokens;
  onError: (error: unknown) => void;
}

/** @returns what stops it. */
export function startHeartbeat(delivery: Delivery, { beatMs, noteMs, tokens, onError }: Options): () => void {
  async function beat(): Promise<void> {
    for (const connection of delivery.all) {
      if (!connection.isAlive) connection.ws.terminate();
      connection.isAlive = false;
      connection.ping();
    }
    const known = [...delivery.all].flatMap((connection) =>
      connection.identity ? [{ connection, session: connection.identity.session }] : [],
    );
    if (known.length === 0) return;
    const alive = await tokens.alive([...new Set(known.map(({ session }) => session))]);
    for (const { connection, session } of known)
      if (!alive.has(session)) connection.close(CLOSE.noAuth, 'the session is over');
  }

  /** What was handed to a connection that is dead was not received: only a pong tells. */
  function note(): void {
    for (const connection of delivery.all) if (connection.isReady && connection.mail.isUnsure) connection.ping();
    void delivery.writeNotes();
  }

  const timers = [setInterval(() => void beat().catch(onError), beatMs).unref(), setInterval(note, noteMs).unref()];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
