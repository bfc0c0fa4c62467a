/** One site with somebody in every place, to which bad input is sent. */
import { type Someone, someone } from '../direct.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, type TestConsultant, work } from '../consultant.js';
import { MovableClock } from '../clock.js';
import { gif } from '../pictures.js';
import { startSite, type TestSite } from '../site.js';
import { Store } from '../store.js';
import { arrive, type Ear, type TestVisitor } from '../visitor.js';
import { Plain } from './ask.js';
import { namespacesOf } from './surface.js';

const ROOM_PASSWORD = 'the-wall';

export interface Stage {
  site: TestSite;
  store: Store;
  http: Plain;
  picture: string;
  /** Who asks, if a row says nothing else. */
  me: Someone;
  friend: Someone;
  /** Knows the site, and is admitted nowhere. */
  stranger: TestVisitor;
  consultant: TestConsultant;
  /** The consultant's socket, and the id of another one. */
  desk: Ear;
  colleague: string;
  /** My sockets, by namespace. */
  ears: Record<string, Ear>;
  /** Somebody new. */
  guest: () => Promise<TestVisitor>;
  /** A new room of mine, in which I sit. */
  room: () => Promise<string>;
  /** A new room of my friend's, with a password. */
  lockedRoom: () => Promise<string>;
  /** A new room of mine, which my socket on `/chat` has joined. */
  seat: () => Promise<string>;
  /** A case of a new visitor's: waiting, or taken by the consultant. */
  waiting: () => Promise<Consultation>;
  taken: () => Promise<Consultation>;
  close: () => Promise<void>;
}

export interface Consultation {
  id: string;
  visitor: TestVisitor;
  ear: Ear;
}

export async function openStage(): Promise<Stage> {
  // No time passes: nothing ends, expires or is swept on the way.
  const site = await startSite(
    { LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD, ADMIN_PASSWORD: DESK_PASSWORD, MAX_UPLOAD_BYTES: '200000' },
    { clock: new MovableClock() },
  );
  const store = await Store.open(site.databaseUrl);
  const [me, friend, stranger, consultant] = await Promise.all([
    someone(site),
    someone(site),
    arrive(site),
    work(site, 'Wall'),
  ]);
  const second = await work(site, 'Colleague');
  const [desk, there] = await Promise.all([consultant.desk(), second.desk()]);
  const answer = await there.ask<{ me: { id: string } }>('resume-desk');
  if (!answer.ok) throw new Error(`resume-desk answered ${answer.error.code}`);
  const visitors = [me.visitor, friend.visitor, stranger, consultant, second];
  // Everybody online, so that nobody's presence begins or ends on the way.
  await Promise.all(visitors.map((visitor) => visitor.listen('/direct')));
  const names = namespacesOf(site);
  const ears = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await me.visitor.listen(name)] as const)),
  );
  await desk.ask('resume-desk');
  const http = new Plain(site.port);
  const guest = async () => {
    const visitor = await arrive(site);
    visitors.push(visitor);
    return visitor;
  };
  const waiting = async () => {
    const visitor = await guest();
    const ear = await visitor.listen('/consult');
    return { visitor, ear, id: await startConsult(ear) };
  };
  return {
    site,
    store,
    http,
    picture: (await gif()).toString('latin1'),
    me,
    friend,
    stranger,
    consultant,
    desk,
    colleague: answer.me.id,
    ears,
    guest,
    async room() {
      const { _id } = await me.visitor.createRoom({ title: 'A wall' });
      await me.visitor.sit(_id);
      return _id;
    },
    async lockedRoom() {
      return (await friend.visitor.createRoom({ title: 'Locked', password: ROOM_PASSWORD }))._id;
    },
    async seat() {
      const { _id } = await me.visitor.createRoom({ title: 'A seat' });
      await ears['/chat']?.ask('leave');
      await ears['/chat']?.join(_id);
      return _id;
    },
    waiting,
    async taken() {
      const consultation = await waiting();
      await takeCase(desk, consultation.id);
      await saySomething(consultation.ear, consultation.id, 'a question');
      return consultation;
    },
    async close() {
      http.close();
      for (const visitor of visitors) visitor.leaveAll();
      await store.close();
      await site.close();
    },
  };
}
