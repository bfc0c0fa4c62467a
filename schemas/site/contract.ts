/** The contract of what every namespace has, acknowledgements and errors, and of the namespace `/`. */

/** An error. The code is stable; the message is for people. */
export interface ErrorView {
  code: string;
  message: string;
  /** The name of whoever was faster, if that is the reason. */
  by?: string;
}

export type Failure = { ok: false; error: ErrorView };

export type Ack<T extends object = object> = (answer: ({ ok: true } & T) | Failure) => void;

/** What a client event carries, by its listener's type; `undefined` where it carries nothing. */
export type PayloadOf<Listener> = Listener extends (...args: infer Args extends unknown[]) => void
  ? [NonNullable<Args[0]>] extends [(answer: never) => void]
    ? undefined
    : Args[0]
  : never;

/** What a listener's acknowledgement function is called with; `never` where the event has none. */
type Acknowledgement<Listener> = Listener extends (...args: infer Args extends unknown[]) => void
  ? Required<Args> extends [...unknown[], (answer: infer Answer) => void]
    ? Answer
    : never
  : never;

/** `Fields` without those that every acknowledgement has; `undefined` where nothing is left. */
type Beside<Fields, Known extends PropertyKey> = [Fields] extends [never]
  ? undefined
  : [Exclude<keyof Fields, Known>] extends [never]
    ? undefined
    : Omit<Fields, Known>;

/** What the acknowledgement of an event that was done holds beside `ok`. */
export type AnswerOf<Listener> = Beside<Extract<Acknowledgement<Listener>, { ok: true }>, 'ok'>;

/** What the acknowledgement of an event that was refused holds beside `ok` and `error`. */
export type RefusalOf<Listener> = Beside<Extract<Acknowledgement<Listener>, { ok: false }>, 'ok' | 'error'>;

/** What the handshake of a socket may carry. `token`: who a program is. `batch`, on `/lobby` and `/direct`: messages come in batches. */
export interface HandshakeAuth {
  token?: string;
  batch?: boolean;
}

/** `/`: figures of the whole site. */
export interface PulseServerEvents {
  news: (pulse: { rooms: number; people: number; at: string }) => void;
  /** How many direct messages the visitor has not read, without muted conversations. */
  unread: (count: number) => void;
  /** What the operator tells everybody, on connect and when it changes; null: nothing any more. */
  announcement: (text: string | null) => void;
}

export interface PulseClientEvents {
  reply: (anything: unknown, ack: Ack<{ at: string }>) => void;
}
