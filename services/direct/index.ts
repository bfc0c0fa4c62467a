/** The services of direct messages. */
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import { ConversationFlags } from './conversation-flags.js';
import { Conversations } from './conversations.js';
import { DirectMessages } from './direct.js';
import type {} from './events.js';
import { Inbox } from './inbox.js';

export function createDirect(base: Base & PeopleServices) {
  const conversations = new Conversations(base);
  const inbox = new Inbox({ ...base, conversations });
  const conversationFlags = new ConversationFlags({ ...base, conversations, inbox });
  return { conversations, inbox, conversationFlags, direct: new DirectMessages({ ...base, conversations }) };
}
