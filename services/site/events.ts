/**
 * Domain events, on a typed in-process bus. Services announce what happened. The broadcasters in controllers/ send it
 * to sockets; a service may react to what another one announced. A listener's error never reaches who announced.
 */
import { EventEmitter } from 'node:events';

/** Event -> its arguments. Each place declares its own, in the file events.ts of its folder. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- every place adds to it by declaration merging
export interface DomainEvents {}

export class EventBus extends EventEmitter<DomainEvents> {
  /** @param onError receives what listeners threw. */
  constructor(private readonly onError: (error: unknown) => void) {
    super();
  }

  /** Call every listener, in the order of their subscription; one that throws stops none of the others. */
  announce<Name extends keyof DomainEvents>(name: Name, ...args: DomainEvents[Name]): void {
    for (const listener of this.listeners(name) as ((...args: DomainEvents[Name]) => void)[]) {
      try {
        listener(...args);
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
