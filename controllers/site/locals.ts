/** What middlewares leave for doors and templates in `response.locals`. */
import type { Translate } from '../../shared/translator.js';
import type { Lang } from '../../services/site/locales.js';
import type { Visitor } from '../../services/people/visitors.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the way Express is told of locals
  namespace Express {
    interface Locals {
      lang: Lang;
      t: Translate;
      /** The browser's time zone, if it told one. */
      zone?: string | undefined;
      /** A moment in words, in the visitor's language and zone. */
      time: (iso: string, style?: 'clock' | 'day' | 'full' | 'ago') => string;
      theme: 'auto' | 'light' | 'dark';
      /** Address of this page, to come back to. */
      path: string;
      /** Templates have what they need. */
      renders?: boolean;
      visitor?: Visitor;
      /** Unread direct messages, for the header. */
      unread?: number;
      /** Who is signed in at /admin. */
      operator?: string;
    }
  }
}
