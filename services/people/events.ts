/** What is announced about visitors: see ../site/events.ts. */
import type {} from '../site/events.js';

declare module '../site/events.js' {
  interface DomainEvents {
    /** Who is online for messages has changed. */
    'presence.changed': [];
  }
}
