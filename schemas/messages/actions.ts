/** What people change in a message after it was posted: how it is stored, and how a public view shows it. */
import type { ActionsView } from './contract.js';

/** Who may have removed a message: who wrote it, or a host of the room. */
export const REMOVERS = ['author', 'host'] as const;

/** Fields of a message of any place. Nothing of it is stored for a message that nobody changed. */
export const actionFields = {
  /** The number of its latest change, among all changes of its room, lobby or conversation. */
  rev: { type: Number },
  editedAt: { type: Date },
  /** Set: nothing is left of the message but who wrote it and when. */
  removed: { type: String, enum: REMOVERS },
} as const;

/** The change numbers of a sequence are unique; `fields` name it. */
export const revIndex = (...fields: string[]) =>
  [
    { ...Object.fromEntries(fields.map((field) => [field, 1 as const])), rev: 1 as const },
    { unique: true, partialFilterExpression: { rev: { $exists: true } } },
  ] as const;

/** What actions have made of a stored message. */
export interface Acted {
  rev?: number | null | undefined;
  editedAt?: Date | null | undefined;
  removed?: (typeof REMOVERS)[number] | null | undefined;
}

/** What the public view of a message of any place shows of it. */
export function actionsView({ rev, editedAt, removed }: Acted): ActionsView {
  const view: ActionsView = { rev: rev ?? 0 };
  if (removed) view.removed = removed;
  else if (editedAt) view.editedAt = editedAt.toISOString();
  return view;
}
