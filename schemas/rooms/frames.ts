/** Validators of the raw gateway's frames about rooms. */
import { z } from 'zod';
import { postChat } from '../messages/payloads.js';
import { wholeNumber } from '../site/text.js';
import { roomId } from './payloads.js';

export const roomFrames = [
  z.object({ type: z.literal('join'), room: roomId, after: wholeNumber.optional() }),
  postChat.extend({ type: z.literal('post'), room: roomId }),
  z.object({ type: z.literal('leave'), room: roomId }),
] as const;
