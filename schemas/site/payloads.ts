/** Validators of what concerns the whole site. */
import { z } from 'zod';
import type { PulseClientEvents } from './contract.js';
import { inputsOf } from './inputs.js';

export const preferences = z.object({
  lang: z.enum(['ko', 'en']).optional(),
  theme: z.enum(['auto', 'light', 'dark']).optional(),
  back: z.string().max(2000).catch('/').default('/'),
});

/** What each client event of `/` carries. */
export const pulseInputs = inputsOf<PulseClientEvents>()({ reply: z.unknown() });
