/** A person's name, in a list or above what they said: it leads to messages with them. As views/macros/person-name.html. */
import { base, direct, h, icon, me } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** In a list; the reader's own leads nowhere. @param {{ id: string, name: string }} person */
export function personName({ id, name }) {
  if (id === me.id || !direct) return h('span', { class: 'person-name' }, name);
  const words = t('messages.to_name', { name });
  return h(
    'a',
    { class: 'person-name person-link', href: `${base}/messages/${id}`, title: words },
    h('span', {}, name),
    icon('message-circle'),
    h('span', { class: 'visually-hidden' }, ` · ${t('messages.to')}`),
  );
}

/** Above a group of messages: it looks like a name. @param {{ id: string, name: string }} person */
export function nameLink({ id, name }) {
  if (!direct) return h('span', { class: 'name-link' }, name);
  const title = t('messages.to_name', { name });
  return h('a', { class: 'name-link', href: `${base}/messages/${id}`, title }, name);
}
