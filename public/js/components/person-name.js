/** A person's name in a list: it leads to messages with them, unless it is the reader's own. */
import { base, h, icon, me } from '../lib/dom.js';
import { t } from '../lib/words.js';

/** @param {{ id: string, name: string }} person */
export function personName({ id, name }) {
  if (id === me.id) return h('span', { class: 'person-name' }, name);
  const words = t('messages.to_name', { name });
  return h(
    'a',
    { class: 'person-name person-link', href: `${base}/messages/${id}`, title: words },
    h('span', {}, name),
    icon('message-circle'),
    h('span', { class: 'visually-hidden' }, ` · ${t('messages.to')}`),
  );
}
