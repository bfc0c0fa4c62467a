// Answers made of a few fields.
import type { Encodable, EncodableDoc } from '../bson/encode.js';

/** A document of these fields; those whose value is undefined are left out. */
export const docOf = (fields: Record<string, Encodable>): Map<string, Encodable> =>
  new Map(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The same as the answer of a command that went well. */
export const reply = (fields: Record<string, Encodable> = {}): EncodableDoc => docOf({ ...fields, ok: 1 });
