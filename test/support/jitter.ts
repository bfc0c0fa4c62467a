/**
 * `TEST_JITTER_MS=150 npm test` delays each page, each question of a page and each frame of its sockets by a random time of
 * up to that many milliseconds: what arrives in another order than usual shows which tests, or pages, count on the usual one.
 * Frames of one direction stay in order, as they do on a network.
 */
import type { BrowserContext, Route } from 'playwright-core';

const MAX_MS = Number(process.env['TEST_JITTER_MS'] ?? 0);

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * MAX_MS));

/** Delay what this context's pages send and receive, if the environment asks for it. */
export async function jitter(context: BrowserContext): Promise<void> {
  if (MAX_MS === 0) return;
  await context.route('**/*', late);
  await context.routeWebSocket(/socket\.io/, (near) => {
    const far = near.connectToServer();
    near.onMessage(inOrder((message) => far.send(message)));
    far.onMessage(inOrder((message) => near.send(message)));
  });
}

async function late(route: Route): Promise<void> {
  await pause();
  // The page may be gone by now.
  await route.fallback().catch(() => undefined);
}

/** Deliver each after a time of its own, but never before an earlier one. */
function inOrder<T>(deliver: (message: T) => void): (message: T) => void {
  let last = Promise.resolve();
  return (message) => {
    const delay = pause();
    last = last.then(() => delay).then(() => deliver(message));
    last.catch(() => undefined);
  };
}
