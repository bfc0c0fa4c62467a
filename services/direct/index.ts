/** The services of direct messages. */
import { ImageStore } from '../messages/image-store.js';
import type { MessageServices } from '../messages/index.js';
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import { ConversationFlags } from './conversation-flags.js';
import { Conversations } from './conversations.js';
import { DirectMessages } from './direct.js';
import { DirectActions } from './direct-actions.js';
import type {} from './events.js';
import { Inbox } from './inbox.js';

export function createDirect(base: Base & PeopleServices & MessageServices) {
  const { models } = base;
  const kind = {
    folder: 'direct',
    id: /^[0-9a-f]{32}:[0-9a-f]{32}$/,
    model: models.Conversation,
    open: { ended: false },
    closed: 'person_not_found',
    messages: { model: models.Direct, image: 'gif', owner: 'pair' },
  } as const;
  const directImages = new ImageStore({ ...base, kind });
  const conversations = new Conversations({ ...base, images: directImages });
  const inbox = new Inbox({ ...base, conversations });
  const conversationFlags = new ConversationFlags({ ...base, conversations, inbox });
  const direct = new DirectMessages({ ...base, conversations });
  const directActions = new DirectActions({ ...base, direct, conversations, images: directImages });
  return { conversations, inbox, conversationFlags, direct, directActions, directImages };
}
