/** Validators of what the lobby receives, and the rule by which two names are the same. */
import { z } from 'zod';
import { chatText, clientId } from '../messages/payloads.js';
import { INVISIBLE, orAlone, length, text, wholeNumber } from '../site/text.js';
import { inputsOf } from '../site/inputs.js';
import type { LobbyClientEvents } from './contract.js';

/** Characters of a name in the lobby. */
export const NAME = { min: 2, max: 20 } as const;

/** Names for the site itself, which nobody may take. */
const RESERVED = new Set(['system', '시스템', 'admin', 'administrator', '관리자', '운영자']);

const MARKS = /\p{M}/gu;

/**
 * The folded form of a name, without case, width (full and half), spacing and invisible characters. Two names with one
 * key are the same name.
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replace(INVISIBLE, '');
}

/** A name in the lobby: one line of 2 to 20 characters, at least two of them visible. */
export const userName = text
  .transform((value) => value.replace(/\s+/gu, ' '))
  .refine((value) => length(value) >= NAME.min && length(value) <= NAME.max, { message: 'name_length' })
  .refine((value) => length(nameKey(value).replace(MARKS, '')) >= NAME.min, { message: 'name_length' })
  .refine((value) => !RESERVED.has(nameKey(value)), { message: 'name_invalid' });

export const lobbyName = z.object({ name: userName });

/** What each client event of `/lobby` carries. */
export const lobbyInputs = inputsOf<LobbyClientEvents>()(
  {
    /** A name alone, or with the cursor of a client that connects again, and whether it takes messages in batches. */
    join: orAlone('name', z.object({ name: userName, after: wholeNumber.optional(), batch: z.boolean().optional() })),
    /** A text alone, or with a client id that makes a retry harmless. */
    sendMessage: orAlone('chat', z.object({ chat: chatText, clientId: clientId.optional() })),
    leave: z.undefined(),
  },
  { join: { success: false } },
);
