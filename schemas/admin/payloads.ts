/** What the operator's page is sent. */
import { z } from 'zod';

const PASSWORD_MAX = 256;

export const adminSignIn = z.object({
  password: z.string().min(1, 'password_length').max(PASSWORD_MAX, 'password_length'),
});
