/** Requests under way, so that a calm end can wait for their answers, and for what their handlers still do. */
import type { ServerResponse } from 'node:http';
import { until } from '../../services/work/until.js';

/** Milliseconds for which a handler may go on after its client has gone, before it is no longer waited for. */
const ABANDONED_MS = 10_000;

export class Requests {
  readonly #responses = new Set<ServerResponse>();

  /** Count a request until it is answered. */
  add(response: ServerResponse): void {
    this.#responses.add(response);
    response.once('close', () => {
      const forget = () => this.#responses.delete(response);
      if (hasAnswered(response)) forget();
      else setTimeout(forget, ABANDONED_MS).unref();
    });
  }

  /** Wait until every answer has reached its client's connection, for `ms` milliseconds at the most. */
  answered(ms: number): Promise<boolean> {
    return until(() => [...this.#responses].every(({ closed }) => closed), ms);
  }

  /** Wait until every handler has given its answer, also to a connection that is closed. */
  handled(ms: number): Promise<boolean> {
    return until(() => [...this.#responses].every(hasAnswered), ms);
  }
}

/** A handler that has sent a head may have left the rest to a stream, which ends with its connection. */
const hasAnswered = (response: ServerResponse): boolean =>
  response.writableEnded || (response.closed && response.headersSent);
