/**
 * A visitor as others find them, also without an open page: the receiver of direct messages. Deleted when the visit
 * ends.
 */
import { Schema, type InferSchemaType } from 'mongoose';
import type { Person as PersonView } from './contract.js';
import { STRICT } from '../site/strict.js';

export const personSchema = new Schema(
  {
    /** The visitor's id. */
    _id: { type: String, required: true },
    name: { type: String, required: true },
    color: { type: String, required: true },
    lang: { type: String, required: true },
    /** The name in the lobby, while there is one. */
    alias: { type: String },
    lastSeen: { type: Date, required: true },
    /** When the visit ends, unless it is extended. */
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'people' },
);

personSchema.index({ until: 1 }, { expireAfterSeconds: 0 });

export type PersonDoc = InferSchemaType<typeof personSchema>;

export function personOf({ _id, name, color, alias }: Pick<PersonDoc, '_id' | 'name' | 'color' | 'alias'>) {
  const view: PersonView & { alias?: string } = { id: _id, name, color };
  if (alias) view.alias = alias;
  return view;
}
