/** The services of direct messages. */
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import { Conversations } from './conversations.js';
import { DirectMessages } from './direct.js';
import type {} from './events.js';

export function createDirect(base: Base & PeopleServices) {
  const conversations = new Conversations(base);
  return { conversations, direct: new DirectMessages({ ...base, conversations }) };
}
