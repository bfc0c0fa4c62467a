/** Validators of what the lobby receives. */
import { z } from 'zod';
import { chatText, clientId, replyTo } from '../messages/payloads.js';
import { foldName, mixesScripts, nameKey } from '../site/names.js';
import { orAlone, length, text, wholeNumber } from '../site/text.js';
import { inputsOf } from '../site/inputs.js';
import type { LobbyClientEvents } from './contract.js';

/** Characters of a name in the lobby. */
export const NAME = { min: 2, max: 20 } as const;

/** Names for the site itself, which nobody may take. */
const RESERVED = new Set(['system', '시스템', 'admin', 'administrator', '관리자', '운영자'].map(nameKey));

const MARKS = /\p{M}/gu;

/** A name in the lobby: one line of 2 to 20 characters, at least two of them visible. */
export const userName = text
  .transform((value) => value.replace(/\s+/gu, ' '))
  .refine((value) => length(value) >= NAME.min && length(value) <= NAME.max, { message: 'name_length' })
  .refine((value) => length(foldName(value).replace(MARKS, '')) >= NAME.min, { message: 'name_length' })
  .refine((value) => !RESERVED.has(nameKey(value)), { message: 'name_invalid' })
  .refine((value) => !mixesScripts(value), { message: 'name_mixed' });

export const lobbyName = z.object({ name: userName });

/** What each client event of `/lobby` carries. */
export const lobbyInputs = inputsOf<LobbyClientEvents>()(
  {
    /** A name alone, or with the cursors of a client that connects again, and whether it takes messages in batches. */
    join: orAlone(
      'name',
      z.object({
        name: userName,
        after: wholeNumber.optional(),
        rev: wholeNumber.optional(),
        batch: z.boolean().optional(),
      }),
    ),
    /** A text alone, or with a client id that makes a retry harmless. */
    sendMessage: orAlone('chat', z.object({ chat: chatText, clientId: clientId.optional(), replyTo })),
    leave: z.undefined(),
  },
  { join: { success: false } },
);
