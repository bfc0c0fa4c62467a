/** Rooms, lobby, direct messages and the desk behind one interface: for what their messages have in common. */
import type { ConsultMessageView, ResumeAnswer } from '../../schemas/consult/contract.js';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Failure } from '../../schemas/site/contract.js';
import { DESK_PASSWORD, startConsult, takeCase, work } from './consultant.js';
import { post as send, someone } from './direct.js';
import { arrive, type Ear, type Reachable } from './visitor.js';

/** What every place says of a message. */
export interface Said {
  _id: string;
  seq: number;
  text: string;
}

export type Posted = { message: Said; code?: never } | { message?: never; code: string };

export interface Cursor {
  after?: unknown;
  before?: unknown;
}

/** Two people in one place. */
export interface Stage {
  /** The first of them says something, or the second. */
  post: (text: string, clientId?: string, by?: 0 | 1) => Promise<Posted>;
  /** What the second has heard live, in the order in which it came. */
  heard: () => Said[];
  /** A page of history; null when the cursor was refused. `more`: in the direction that was asked for. */
  read: (cursor?: Cursor) => Promise<{ messages: Said[]; more: boolean } | null>;
  close: () => void;
}

export interface Place {
  name: string;
  /** The collection that holds its messages. */
  collection: string;
  /** The one asked after a message was stored and before it is told; none: nothing is asked. */
  asksAfterwards?: string;
  /** Settings that it needs. */
  env?: Record<string, string>;
  open: (site: Reachable) => Promise<Stage>;
}

interface Answered {
  status: number;
  body: unknown;
}

const ofHttp = ({ status, body }: Answered, said: (view: never) => Said): Posted =>
  status < 300 ? { message: said(body as never) } : { code: (body as Failure).error.code };

const ofAck = <T>(answer: ({ ok: true } & { message: T }) | Failure, said: (view: T) => Said): Posted =>
  answer.ok ? { message: said(answer.message) } : { code: answer.error.code };

const ofRoom = ({ _id, seq, chat, gif }: MessageView): Said => ({ _id, seq, text: chat ?? gif?.alt ?? '' });
const ofLobby = ({ _id, seq, chat }: LobbyMessageView): Said => ({ _id, seq, text: chat ?? '' });
const ofDirect = ({ _id, seq, message }: DirectView): Said => ({ _id, seq, text: message ?? '' });
const ofDesk = ({ _id, seq, message }: ConsultMessageView): Said => ({ _id, seq, text: message });

const closing = (ears: Ear[]) => () => ears.forEach((ear) => ear.close());

const rooms: Place = {
  name: 'rooms',
  collection: 'chats',
  asksAfterwards: 'rooms',
  async open(site) {
    const people = [await arrive(site), await arrive(site)] as const;
    const { _id } = await people[0].createRoom({ title: 'Stage' });
    await people[1].open(_id);
    const ears = [await people[0].sit(_id), await people[1].sit(_id)];
    return {
      post: async (text, clientId, by = 0) => ofHttp(await people[by].post(_id, text, clientId), ofRoom),
      heard: () => ears[1]!.all<MessageView>('chat').map(ofRoom),
      async read(cursor = {}) {
        const { status, body } = await people[1].history(_id, { ...cursor });
        return status === 200 ? { messages: (body.chats as MessageView[]).map(ofRoom), more: body.more } : null;
      },
      close: closing(ears),
    };
  },
};

const lobby: Place = {
  name: 'lobby',
  collection: 'lobbychats',
  async open(site) {
    const people = [await arrive(site), await arrive(site)] as const;
    const ears = [await people[0].listen('/lobby'), await people[1].listen('/lobby')];
    for (const [at, ear] of ears.entries()) await ear.ask('join', `stage ${at}`);
    const isSaid = ({ event }: LobbyMessageView) => event === undefined;
    return {
      async post(chat, clientId, by = 0) {
        const draft = { chat, ...(clientId && { clientId }) };
        return ofAck(await ears[by]!.ask<{ message: LobbyMessageView }>('sendMessage', draft), ofLobby);
      },
      heard: () => ears[1]!.all<LobbyMessageView>('message').filter(isSaid).map(ofLobby),
      async read(cursor = {}) {
        const { status, body } = await people[1].agent.get('/lobby/messages').query({ ...cursor });
        if (status !== 200) return null;
        return { messages: (body.chats as LobbyMessageView[]).filter(isSaid).map(ofLobby), more: body.more };
      },
      close: closing(ears),
    };
  },
};

const direct: Place = {
  name: 'direct messages',
  collection: 'directs',
  asksAfterwards: 'conversations',
  async open(site) {
    const people = [await someone(site), await someone(site)] as const;
    const ears = [await people[0].visitor.listen('/direct'), await people[1].visitor.listen('/direct')];
    return {
      post: async (text, clientId, by = 0) =>
        ofHttp(await send(people[by], people[by === 0 ? 1 : 0].id, text, clientId), ofDirect),
      heard: () => ears[1]!.all<DirectView>('newMessage').map(ofDirect),
      async read(cursor = {}) {
        const { status, body } = await people[1].visitor.agent
          .get(`/api/messages/${people[0].id}`)
          .query({ ...cursor });
        return status === 200 ? { messages: (body.messages as DirectView[]).map(ofDirect), more: body.more } : null;
      },
      close: closing(ears),
    };
  },
};

const desk: Place = {
  name: 'the desk',
  collection: 'casemessages',
  asksAfterwards: 'cases',
  env: { CONSULT_PASSWORD: DESK_PASSWORD },
  async open(site) {
    const [visitor, consultant] = [await arrive(site), await work(site, 'Stage')];
    const ears = [await visitor.listen('/consult'), await consultant.desk()];
    const sessionId = await startConsult(ears[0]!);
    await takeCase(ears[1]!, sessionId);
    return {
      async post(message, clientId, by = 0) {
        const draft = { sessionId, message, ...(clientId && { clientId }) };
        return ofAck(await ears[by]!.ask<{ message: ConsultMessageView }>('send-message', draft), ofDesk);
      },
      heard: () => ears[1]!.all<ConsultMessageView>('receive-message').map(ofDesk),
      async read(cursor = {}) {
        const answer = await ears[0]!.ask<ResumeAnswer>('resume-consult', { sessionId, ...cursor });
        if (!answer.ok) return null;
        const { messages, more, older } = answer;
        return { messages: messages.map(ofDesk), more: cursor.after === undefined ? older : more };
      },
      close: closing(ears),
    };
  },
};

export const PLACES: Place[] = [rooms, lobby, direct, desk];
