/** What public views of messages of every place have in common. */

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
