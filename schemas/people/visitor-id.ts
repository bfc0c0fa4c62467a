/** The id of a visitor, in addresses and payloads. */
import { z } from 'zod';

export const visitorId = z.string().regex(/^[0-9a-f]{32}$/);
