/** All connections of the gateway: who is on which, what they are sent, and how far their mail is known to have come. */
import type { DirectView, ServerFrame } from '../../../schemas/direct/contract.js';
import type { Identity } from '../../../services/people/tokens.js';
import type { Online } from '../online.js';
import { CLOSE, type GatewayConnection } from './connection.js';

interface Deps {
  online: Online;
  /** Remember how far a visitor's mail got. */
  noteReceived: (visitor: string, mail: number) => Promise<void>;
  onError: (error: unknown) => void;
}

export class Delivery {
  readonly all = new Set<GatewayConnection>();
  /** Visitor -> open connections that have said who they are. */
  readonly #ofVisitor = new Map<string, Set<GatewayConnection>>();
  /** Visitor -> mail number to be noted as received. */
  readonly #toNote = new Map<string, number>();

  constructor(private readonly deps: Deps) {}

  /** How many connections of a visitor have said who they are. */
  count(visitor: string): number {
    return this.#ofVisitor.get(visitor)?.size ?? 0;
  }

  /** A connection has said who it is. It is told nothing before it `isReady`. */
  identify(connection: GatewayConnection, identity: Identity): void {
    connection.identity = identity;
    const { id } = identity.visitor;
    const theirs = this.#ofVisitor.get(id) ?? new Set();
    this.#ofVisitor.set(id, theirs.add(connection));
  }

  /** A connection is closed. */
  remove(connection: GatewayConnection): void {
    this.all.delete(connection);
    const id = connection.identity?.visitor.id;
    if (id === undefined) return;
    const theirs = this.#ofVisitor.get(id);
    theirs?.delete(connection);
    if (theirs?.size === 0) this.#ofVisitor.delete(id);
  }

  /** A message was stored: the receiver's connections get it, the sender's are told that it was. */
  sent(message: DirectView, mail: number): void {
    for (const connection of this.#ofVisitor.get(message.receiverId) ?? [])
      this.carry(connection, connection.mail.add(message, mail));
    this.tell([message.senderId], sentFrame(message));
  }

  /** One frame to every connection of some visitors. */
  tell(visitors: string[], frame: ServerFrame): void {
    for (const visitor of visitors) for (const connection of this.#ready(visitor)) connection.send(frame);
  }

  /** The online list, to everybody. */
  online(ids: string[]): void {
    const { online } = this.deps;
    const encode = (seen: string[]) => JSON.stringify({ type: 'online', online: seen } satisfies ServerFrame);
    const whole = encode(ids);
    for (const visitor of this.#ofVisitor.keys()) {
      const text = online.hidden.has(visitor) ? encode(online.without(ids, visitor)) : whole;
      for (const connection of this.#ready(visitor)) connection.sendText(text);
    }
  }

  /** Domain events of other nodes may have been lost: every connection looks for what it missed. */
  catchUp(): void {
    for (const connection of this.all) if (connection.isReady) this.carry(connection, connection.mail.catchUp());
  }

  /** Mail that is being read. Where the store fails it, the connection ends: it comes back and misses nothing. */
  carry(connection: GatewayConnection, mail: Promise<void> | undefined): void {
    mail?.catch((error: unknown) => {
      this.deps.onError(error);
      connection.close(CLOSE.failed, 'try again');
    });
  }

  /** How far mail got on a connection is to be noted, now and then and not with every message. */
  note({ identity, mail: { received } }: GatewayConnection): void {
    if (!identity || received === 0) return;
    const { id } = identity.visitor;
    this.#toNote.set(id, Math.max(received, this.#toNote.get(id) ?? 0));
  }

  /** Write down what is to be noted; what fails is tried again the next time. */
  async writeNotes(): Promise<void> {
    const due = [...this.#toNote];
    this.#toNote.clear();
    for (const [visitor, received] of due) {
      try {
        await this.deps.noteReceived(visitor, received);
      } catch (error) {
        this.#toNote.set(visitor, Math.max(received, this.#toNote.get(visitor) ?? 0));
        this.deps.onError(error);
      }
    }
  }

  #ready(visitor: string): GatewayConnection[] {
    return [...(this.#ofVisitor.get(visitor) ?? [])].filter((connection) => connection.isReady);
  }
}

/** What the sender of a stored message is told. */
export const sentFrame = (message: DirectView): ServerFrame => ({
  type: 'sent',
  ...(message.clientId === undefined ? {} : { clientId: message.clientId }),
  message,
});
