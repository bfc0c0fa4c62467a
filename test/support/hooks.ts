/** What every process that runs test files has around them: see "require" in .mocharc.json. */
import type { Context, RootHookObject } from 'mocha';
import { describeFailure } from './open-pages.js';
import { GAPS, hasGaps } from './outer-store.js';

if (hasGaps()) await import(GAPS);

/** In production a rejection that nobody handles ends the process; Mocha would pass over it. */
function fail(reason: unknown): never {
  throw reason instanceof Error ? reason : new Error(String(reason));
}

const guard = () => process.on('unhandledRejection', fail);
guard();
// A parallel worker of Mocha removes every listener after each file.
process.on('removeListener', (event, listener) => {
  if (event === 'unhandledRejection' && listener === fail) process.nextTick(guard);
});

export const mochaHooks: RootHookObject = {
  beforeEach(this: Context) {
    describeFailure(this.currentTest);
  },
  /** One turn of the event loop: what the last test left unhandled fails its own file, not the next one. */
  afterAll: () => new Promise((resolve) => setImmediate(resolve)),
};
