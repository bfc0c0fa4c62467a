/** What express-session does with callbacks, as promises. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { visitorOf } from './visitor.js';

type Done = (error?: Error | null) => void;

const settled = (act: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => act((error) => (error ? reject(error) : resolve())));

/** A new session under a new id, with nothing in it. */
export const regenerateSession = (request: Request): Promise<void> =>
  settled((done) => request.session.regenerate(done));

/** Store it now. Before an answer begins, where the browser may come back before the answer has ended. */
export const saveSession = ({ session }: Request): Promise<void> => settled((done) => session.save(done));

/** Read the session of a raw upgrade, which has no response: one that nobody sends takes its part. */
export const readSession = (request: IncomingMessage, session: RequestHandler): Promise<void> =>
  settled((done) => void session(request as never, new ServerResponse(request) as never, done as never));

/**
 * A new session id for the same visitor, stored before anything is answered: a browser follows a redirect as soon as it
 * sees its head, and express-session holds back only the end of the body until the store has answered.
 */
export async function renewSession(request: Request): Promise<void> {
  const visitor = visitorOf(request);
  await regenerateSession(request);
  request.session.visitor = visitor;
  request.session.bornAt = request.session.seenAt = Date.now();
  await saveSession(request);
}
