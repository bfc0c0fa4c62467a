/** What tests of direct messages say often. */
import type { ConversationView, DirectView } from '../../schemas/direct/contract.js';
import { arrive, type Reachable, type TestVisitor } from './visitor.js';

/** A visitor and the id that others write to. */
export interface Someone {
  visitor: TestVisitor;
  id: string;
}

/** Somebody new; the page tells their id. */
export async function someone(site: Reachable): Promise<Someone> {
  const visitor = await arrive(site);
  const page = await visitor.agent.get('/messages').set('Accept', 'text/html');
  const id = /data-me="([0-9a-f]{32})"/.exec(page.text)?.[1];
  if (!id) throw new Error(`no id on the page, which answered ${page.status}`);
  return { visitor, id };
}

export const post = (from: Someone, to: string, message: unknown, clientId?: string) =>
  from.visitor.agent.post(`/api/messages/send/${to}`).send({ message, ...(clientId && { clientId }) });

export async function write(from: Someone, to: Someone, message: string, clientId?: string): Promise<DirectView> {
  const response = await post(from, to.id, message, clientId);
  if (response.status !== 201) throw new Error(`send answered ${response.status} ${response.text}`);
  return response.body as DirectView;
}

export interface Page {
  conversation: ConversationView;
  messages: DirectView[];
  more: boolean;
}

export async function readPage(me: Someone, other: Someone, query = ''): Promise<Page> {
  const response = await me.visitor.agent.get(`/api/messages/${other.id}${query}`);
  if (response.status !== 200) throw new Error(`history answered ${response.status} ${response.text}`);
  return response.body as Page;
}

export async function list(me: Someone, query = '') {
  const response = await me.visitor.agent.get(`/api/messages${query}`);
  return response.body as { conversations: ConversationView[]; next: string | null; unread: number };
}
