/** Validators of what concerns the whole site. */
import { z } from 'zod';
import type { HandshakeAuth, PulseClientEvents } from './contract.js';
import { inputsOf } from './inputs.js';

export const preferences = z.object({
  lang: z.enum(['ko', 'en']).optional(),
  theme: z.enum(['auto', 'light', 'dark']).optional(),
  back: z.string().max(2000).catch('/').default('/'),
});

/** What the handshake of a socket carries. */
export const handshakeAuth = z.object({
  token: z.string().optional(),
  batch: z.boolean().default(false),
}) satisfies z.ZodType<unknown, HandshakeAuth>;

/** What each client event of `/` carries. */
export const pulseInputs = inputsOf<PulseClientEvents>()({ reply: z.unknown() });
