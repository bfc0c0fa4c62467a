/** What public views of messages of every place have in common. */
import type { Person } from '../people/contract.js';

/**
 * The image of a message. `url` is relative to the site's base path, and served only to those who may see the message.
 */
export interface ImageView {
  url: string;
  width: number;
  height: number;
  alt: string;
  /** It flashes more than WCAG 2.3.1 allows: show its first frame, and the rest only to who asks for it. */
  flashes?: true;
}

/** The message that another one answers. */
export interface QuoteView {
  _id: string;
  seq: number;
  /** Of who wrote it. */
  name: string;
  /** Its first words as they are now; empty: it was removed. */
  excerpt: string;
}

/** What actions have made of a message: in the public view of every place but the consultation. */
export interface ActionsView {
  /** The number of its latest change in its room, lobby or conversation; 0: it was never changed. */
  rev: number;
  editedAt?: string;
  /** Who removed it. Then it has no text and no image. */
  removed?: 'author' | 'host';
  /** It was the operator of the site who removed it, as a host could. */
  byOperator?: true;
  replyTo?: QuoteView;
  /** People in the place whose whole name follows an `@` in the text. */
  mentions?: Person[];
  /** Emoji -> how many people chose it. */
  reactions?: Record<string, number>;
  /** Those of them that the reader chose: only in answers to the reader. */
  mine?: string[];
}

/** What was changed since a change number that a reader knows, by the numbers. */
export interface ChangesView<Message> {
  /** The number after which the reader asks next: the newest one, unless there is more. */
  rev: number;
  /** Each message once, as it is now. */
  changed: Message[];
  /** More was changed than is in `changed`: ask again with this `rev`. */
  moreChanged: boolean;
}
