/** What direct messages announce: see ../site/events.ts. */
import type { DirectView } from '../../schemas/direct/contract.js';
import type {} from '../site/events.js';

declare module '../site/events.js' {
  interface DomainEvents {
    /** `mail` numbers the message among all that its receiver was ever sent. */
    'direct.sent': [message: DirectView, mail: number];
    /** `hears`: whom of the two it is told. */
    'direct.messageChanged': [message: DirectView, hears: string[]];
    /** `quiet`: the other person is blocked and is not told. */
    'direct.read': [mark: { by: string; with: string; upTo: number; quiet: boolean }];
    'direct.typing': [state: { from: string; to: string; on: boolean }];
    /** `by` muted, blocked or unblocked `with`. */
    'direct.changed': [change: { by: string; with: string; blocked?: boolean }];
  }
}
