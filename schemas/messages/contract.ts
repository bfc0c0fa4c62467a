/** What messages of every place have in common when they leave. */

/** An image inside a message. `url` is relative to the site's base and served to admitted visitors only. */
export interface ImageView {
  url: string;
  width: number;
  height: number;
  alt: string;
}
