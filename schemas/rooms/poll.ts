/**
 * A poll: a message that asks something. Its votes are kept in it, one a visitor, so that each is one conditional write:
 * it counts exactly if the poll was open when it was written.
 */
import { Schema } from 'mongoose';
import type { Person } from '../people/contract.js';
import { STRICT } from '../site/strict.js';
import type { PollView } from './contract.js';

/** What one visitor chose: numbers of options, from 0. Name and colour as they were then. */
export interface Ballot {
  options: number[];
  name: string;
  color: string;
}

/** Votes of one poll. */
export const VOTES_MAX = 1_000;

export interface Poll {
  question: string;
  options: string[];
  multiple: boolean;
  named: boolean;
  /** How many visitors have voted. */
  voters: number;
  /** Visitor -> vote, in the order of their first votes. */
  votes: Record<string, Ballot>;
  endedAt: Date | null;
}

export const pollSchema = new Schema<Poll>(
  {
    question: { type: String, required: true },
    options: { type: [String], required: true },
    multiple: { type: Boolean, required: true },
    named: { type: Boolean, required: true },
    voters: { type: Number, required: true },
    votes: { type: Schema.Types.Mixed, required: true },
    endedAt: { type: Date, default: null },
  },
  { ...STRICT, _id: false },
);

/** The public view of a poll: who voted for what only where its host said so beforehand. */
export function pollView({ question, options, multiple, named, votes, endedAt }: Poll): PollView {
  const ballots = Object.entries(votes);
  return {
    question,
    options: options.map((text, number) => {
      const voters = ballots.filter(([, ballot]) => ballot.options.includes(number));
      return { text, votes: voters.length, ...(named && { voters: voters.map(voterOf) }) };
    }),
    multiple,
    named,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

const voterOf = ([id, { name, color }]: [string, Ballot]): Person => ({ id, name, color });
