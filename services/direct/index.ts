/** The services of direct messages. */
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import { ConversationFlags } from './conversation-flags.js';
import { Conversations } from './conversations.js';
import { DirectMessages } from './direct.js';
import { DirectActions } from './direct-actions.js';
import type {} from './events.js';
import { Inbox } from './inbox.js';

export function createDirect(base: Base & PeopleServices) {
  const conversations = new Conversations(base);
  const inbox = new Inbox({ ...base, conversations });
  const conversationFlags = new ConversationFlags({ ...base, conversations, inbox });
  const direct = new DirectMessages({ ...base, conversations });
  const directActions = new DirectActions({ ...base, direct, conversations });
  return { conversations, inbox, conversationFlags, direct, directActions };
}
