/** Acknowledgements and errors of every namespace, and the site's own namespace `/`. */

/** What came with an error: the code is stable, the message is for people. */
export interface ErrorView {
  code: string;
  message: string;
  /** Who was faster, where that is the reason. */
  by?: string;
}

export type Failure = { ok: false; error: ErrorView };

export type Ack<T extends object = object> = (answer: ({ ok: true } & T) | Failure) => void;

/** `/`: the site's pulse. */
export interface PulseServerEvents {
  news: (pulse: { rooms: number; people: number; at: string }) => void;
  /** To the visitor alone: unread direct messages, muted conversations left out. */
  unread: (count: number) => void;
}

export interface PulseClientEvents {
  reply: (anything: unknown, ack: Ack<{ at: string }>) => void;
}
