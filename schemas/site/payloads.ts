/** Validators of what concerns the whole site. */
import { z } from 'zod';

export const preferences = z.object({
  lang: z.enum(['ko', 'en']).optional(),
  theme: z.enum(['auto', 'light', 'dark']).optional(),
  back: z.string().max(2000).catch('/').default('/'),
});
