// The threads of stores. One whose store was closed waits for the next store of this process: what it has loaded costs 0.1 s of CPU.
import { Worker } from 'node:worker_threads';
import type { OwnerMessage } from './worker-protocol.js';

/** Has no store, and does not keep the process from ending. */
let spare: Worker | undefined;

/** A thread without a store. */
export function storeThread(): Worker {
  const worker = spare ?? new Worker(new URL('./worker.js', import.meta.url));
  spare = undefined;
  forget(worker).ref();
  return worker;
}

/** Take back a thread whose store was closed. A second one ends. */
export function keepThread(worker: Worker): void {
  forget(worker).unref();
  if (spare) return worker.postMessage('end' satisfies OwnerMessage);
  spare = worker;
  worker.on('error', () => undefined); // it would be thrown; the thread ends
  worker.on('exit', () => (spare = undefined));
}

/** Take away what listened to its last store, or for its end. */
const forget = (worker: Worker) =>
  worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
