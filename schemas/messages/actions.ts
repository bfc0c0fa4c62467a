/** What people change in a message after it was posted: how it is stored, and how a public view shows it. */
import { Schema } from 'mongoose';
import type { Person } from '../people/contract.js';
import { personSnapshot } from '../people/snapshot.js';
import { STRICT } from '../site/strict.js';
import type { ActionsView } from './contract.js';

/** Who may have removed a message: who wrote it, or a host of the room. */
const REMOVERS = ['author', 'host'] as const;

/** Which message a reply answers. Its words are not kept: they are looked up when the reply is read. */
export interface Quote {
  message: string;
  seq: number;
  name: string;
  excerpt?: string;
}

interface Reaction {
  emoji: string;
  people: Person[];
}

const reaction = new Schema(
  { emoji: { type: String, required: true }, people: { type: [personSnapshot], required: true } },
  { ...STRICT, _id: false },
);

const quote = new Schema(
  {
    message: { type: String, required: true },
    seq: { type: Number, required: true },
    name: { type: String, required: true },
  },
  { ...STRICT, _id: false },
);

/** Fields of a message of any place. Nothing of it is stored for a message that nobody changed, or that answers none. */
export const actionFields = {
  /** The number of its latest change, among all changes of its room, lobby or conversation. */
  rev: { type: Number },
  editedAt: { type: Date },
  /** Set: nothing is left of the message but who wrote it and when. */
  removed: { type: String, enum: REMOVERS },
  /** Removed by the operator of the site, and so as by a host. */
  byOperator: { type: Boolean },
  replyTo: { type: quote, default: undefined },
  /** Whom the text names, as they were called then. */
  mentions: { type: [personSnapshot], default: undefined },
  /** In the order in which each emoji came first, and in which people chose it. */
  reactions: { type: [reaction], default: undefined },
};

/** The change numbers of a sequence are unique; `fields` name it. */
export const revIndex = (...fields: string[]) =>
  [
    { ...Object.fromEntries(fields.map((field) => [field, 1 as const])), rev: 1 as const },
    { unique: true, partialFilterExpression: { rev: { $exists: true } } },
  ] as const;

/** What a stored message of any place may have beside its own fields. */
export interface Acted {
  rev?: number | null;
  editedAt?: Date | null;
  removed?: (typeof REMOVERS)[number] | null;
  byOperator?: boolean | null;
  replyTo?: Quote | null;
  mentions?: Person[] | null;
  reactions?: Reaction[] | null;
}

/** The type of a stored message, whose fields of actions have these types. */
export type Acting<Fields> = Omit<Fields, keyof Acted> & Acted;

/** What the public view of a message of any place shows of it. */
export function actionsView({ rev, editedAt, removed, byOperator, ...acted }: Acted): ActionsView {
  const view: ActionsView = { rev: rev ?? 0 };
  if (removed) return { ...view, removed, ...(byOperator && { byOperator }) };
  const { replyTo, mentions, reactions } = acted;
  if (editedAt) view.editedAt = editedAt.toISOString();
  if (replyTo) view.replyTo = quoteView(replyTo);
  if (mentions?.length) view.mentions = mentions;
  if (reactions?.length)
    view.reactions = Object.fromEntries(reactions.map(({ emoji, people }) => [emoji, people.length]));
  return view;
}

const quoteView = ({ message: _id, seq, name, excerpt = '' }: Quote) => ({ _id, seq, name, excerpt });

/**
 * Views of these messages as one of their readers gets them: with the reactions that are their own. The same views where
 * nobody has reacted.
 */
export function withMine<View extends ActionsView>(views: View[], messages: readonly Acted[], me: string): View[] {
  if (!views.some(({ reactions }) => reactions)) return views;
  return views.map((view, index) => {
    const chosen = messages[index]?.reactions?.filter(({ people }) => people.some(({ id }) => id === me)) ?? [];
    return view.reactions && chosen.length > 0 ? { ...view, mine: chosen.map(({ emoji }) => emoji) } : view;
  });
}
