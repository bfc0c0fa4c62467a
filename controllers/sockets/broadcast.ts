/** What tells the sockets of one place what happened there. */
export interface Broadcast {
  stop(): void;
  /** What other nodes told may have been lost: tell the newest state of what depends on it. */
  catchUp?(): void;
}
