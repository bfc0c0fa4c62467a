/** A row for every event of every namespace, and for every frame of the gateway: what a good one carries. */
import type { Stage } from './stage.js';

export interface EventRow {
  /** What it carries. */
  good: (stage: Stage) => unknown;
  /** It carries nothing, or anything at all: whatever comes with it is passed over. */
  free?: true;
  /** All its fields may be left out. */
  loose?: true;
  /** Only consultants may send it. */
  desk?: true;
}

const nothing: EventRow = { good: () => undefined, free: true };
const desk = (good: EventRow['good'], more: Partial<EventRow> = {}): EventRow => ({ good, desk: true, ...more });

const waitingCase = async ({ waiting }: Stage) => (await waiting()).id;
const takenCase = async ({ taken }: Stage) => (await taken()).id;

/** My own case: the one that my socket on `/consult` is about. */
const ownCase = async ({ ears }: Stage) => {
  const answer = await ears['/consult']!.ask<{ sessionId: string }>('start-consult', 'a topic');
  if (!answer.ok) throw new Error(`start-consult answered ${answer.error.code}`);
  return answer.sessionId;
};

export const EVENTS: Record<string, Record<string, EventRow>> = {
  '/': { reply: { good: () => 1, free: true } },
  '/room': { catchUp: { good: () => ({ since: 0 }) } },
  '/chat': {
    join: { good: async ({ room }) => ({ room: await room(), after: 0, rev: 0, batch: false }) },
    leave: nothing,
    typing: { good: () => true },
    post: {
      async good({ seat, me }) {
        const room = await seat();
        const { _id } = await me.visitor.say(room, 'a question');
        return { room, chat: 'a text', clientId: 'a-1', replyTo: _id };
      },
    },
  },
  '/lobby': {
    join: { good: () => ({ name: 'Wally', after: 0, rev: 0, batch: false }) },
    sendMessage: {
      async good({ ears }) {
        const answer = await ears['/lobby']!.ask('join', 'Wally');
        if (!answer.ok) throw new Error(`join answered ${answer.error.code}`);
        return { chat: 'a text', clientId: 'a-1' };
      },
    },
    leave: { good: () => undefined },
  },
  '/direct': {
    read: { good: ({ friend }) => ({ with: friend.id, upTo: 1 }) },
    typing: { good: ({ friend }) => ({ to: friend.id, on: true }) },
  },
  '/consult': {
    'start-consult': { good: () => 'a topic' },
    'resume-consult': { good: async (stage) => ({ sessionId: await ownCase(stage), after: 0 }), loose: true },
    'send-message': {
      good: async (stage) => ({ sessionId: await ownCase(stage), message: 'a text', clientId: 'a-1' }),
    },
    'end-consult': { good: ownCase },
    'consult-typing': { good: async (stage) => ({ sessionId: await ownCase(stage), on: true }) },

    'get-waiting-sessions': desk(() => undefined, { free: true }),
    'consultant-join': desk(waitingCase),
    'resume-desk': desk(() => undefined, { free: true }),
    'open-consult': desk(async (stage) => ({ sessionId: await takenCase(stage), after: 0 })),
    'return-consult': desk(takenCase),
    'transfer-consult': desk(async (stage) => ({ sessionId: await takenCase(stage), to: stage.colleague })),
    'add-note': desk(async (stage) => ({ sessionId: await takenCase(stage), note: 'a note' })),
    'list-ended': desk(() => ({ since: 0 })),
    'save-reply': desk(() => ({ title: `A reply ${(made += 1)}`, text: 'a text' })),
    'remove-reply': desk(async ({ desk }) => {
      const title = `A reply ${(made += 1)}`;
      await desk.ask('save-reply', { title, text: 'a text' });
      const answer = await desk.ask<{ replies: { _id: string; title: string }[] }>('resume-desk');
      return answer.ok && answer.replies.find((reply) => reply.title === title)?._id;
    }),
    'still-here': desk(() => undefined, { free: true }),
  },
};

let made = 0;

/** A frame about a room is good once its room was joined. */
export const AFTER_JOIN = new Set(['post', 'leave']);

export const FRAMES: Record<string, (stage: Stage) => Record<string, unknown> | Promise<Record<string, unknown>>> = {
  init: ({ me }) => ({ type: 'init', userId: me.id, after: 0 }),
  chat: ({ me, friend }) => ({
    type: 'chat',
    fromUserId: me.id,
    toUserId: friend.id,
    message: 'a text',
    clientId: 'a-1',
  }),
  read: ({ friend }) => ({ type: 'read', with: friend.id, upTo: 1 }),
  typing: ({ friend }) => ({ type: 'typing', to: friend.id, on: true }),
  token: () => ({ type: 'token' }),
  join: async ({ room }) => ({ type: 'join', room: await room(), after: 0 }),
  post: async ({ room }) => ({ type: 'post', room: await room(), chat: 'a text', clientId: 'a-1' }),
  leave: async ({ room }) => ({ type: 'leave', room: await room() }),
};
