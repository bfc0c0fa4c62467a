/** Validators of polls, and the limits that they enforce. */
import { z } from 'zod';
import { clientId } from '../messages/payloads.js';
import { atMost, line, tick, visible } from '../site/text.js';

export const POLL = { question: 300, option: 100, options: { min: 2, max: 8 } } as const;

const OPTIONS = { error: 'poll_options' };

/** One field or several of the same name: a form sends the first alone where there is one. */
const many = <Schema extends z.ZodType>(each: Schema) =>
  z.union([z.array(each).max(100), each.transform((one) => [one])]);

const differ = (values: unknown[]) => new Set(values).size === values.length;

/** POST /room/:id/polls. Empty fields of a form are no options. */
export const newPoll = z.object({
  question: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(line.refine(visible, { message: 'question_required' }).refine(atMost(POLL.question))),
  options: z
    .array(line.refine(atMost(POLL.option)))
    .max(100)
    .transform((options) => options.filter(visible))
    .pipe(z.array(z.string()).min(POLL.options.min, OPTIONS).max(POLL.options.max, OPTIONS).refine(differ, OPTIONS)),
  multiple: tick.default(false),
  named: tick.default(false),
  clientId: clientId.optional(),
});

export type NewPoll = z.infer<typeof newPoll>;

const number = z.union([z.number(), z.string().regex(/^\d$/).transform(Number)]);

/** PUT /room/:id/polls/:chat/vote: numbers of options, from 0. */
export const vote = z.object({
  options: many(
    number.pipe(
      z
        .number()
        .int()
        .min(0)
        .max(POLL.options.max - 1),
    ),
  )
    .default([])
    .refine((options) => options.length > 0 && differ(options), { message: 'vote_required' }),
});
