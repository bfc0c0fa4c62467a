/** Parts from which validators are made. Lengths count characters (code points), not bytes or UTF-16 code units. */
import { z } from 'zod';

export const PASSWORD = { min: 4, max: 128 } as const;

export const PAGE_MAX = 100;

/** The id of a document that the database names: a room, a consultation. */
export const OBJECT_ID = /^[0-9a-f]{24}$/;

export const QUERY_MAX = 64;

/** Control characters except line feed and tab, and the marks that change the direction of all text after them. */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/** Characters that show nothing, such as the braille blank: a text of these alone is empty. */
export const INVISIBLE = /\p{White_Space}|\p{Default_Ignorable_Code_Point}|\u2800/gu;

export const length = (text: string) => Array.from(text).length;

/** Text: well-formed, in NFC, without control characters and surrounding white space. */
export const text = z
  .string()
  .refine((value) => value.isWellFormed() && !value.includes('\0'), { message: 'bad_input' })
  .transform((value) => value.replaceAll('\r\n', '\n').replace(CONTROL, '').normalize('NFC').trim());

export const visible = (value: string) => value.replace(INVISIBLE, '') !== '';

/** A password, in NFC. Nothing is trimmed: a space is a character. */
export const password = z
  .string()
  .refine((value) => value.isWellFormed(), { message: 'bad_input' })
  .transform((value) => value.normalize('NFC'));

export const seq = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

export const searchText = z
  .string()
  .transform((value) =>
    Array.from(value.toWellFormed().replace(CONTROL, '').normalize('NFC').trim()).slice(0, QUERY_MAX).join(''),
  )
  .catch('');

export const line = text.transform((value) => value.replace(/\s+/gu, ' '));

export const atMost = (max: number) => (value: string) => length(value) <= max;

export const isText = (value: unknown): value is string => typeof value === 'string';

export const wholeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * A box of a form that is ticked says `on`; one that is not says nothing, unless an empty hidden field of its name stands
 * before it.
 */
export const tick = z.preprocess(
  (value: unknown) => (Array.isArray(value) && value.length === 2 && value[0] === '' ? (value[1] as unknown) : value),
  z
    .union([z.boolean(), z.enum(['on', 'true', 'false', ''])])
    .transform((value) => [true, 'on', 'true'].includes(value)),
);

/** Read a text alone as an object with one field, so that one validator does for both. */
export const orAlone = <Schema extends z.ZodObject>(field: keyof z.input<Schema> & string, schema: Schema) =>
  z.preprocess((value: string | z.input<Schema>) => (isText(value) ? { [field]: value } : value), schema);
