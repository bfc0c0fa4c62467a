/**
 * What is being written to a connection of the database ends when that is cut. The driver's own `writeCommand` waits for the event
 * `drain`, which a destroyed socket does not send: an operation that is large, or written in the moment of the cut, would never end, and
 * all that waits in its lane with it. So in mongodb 7.8 and 7.9; neither `socketTimeoutMS` nor `timeoutMS` reaches it (docs/decisions).
 */
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** What is known of the driver's connections, and not in its types. */
interface Connection extends EventEmitter {
  closed: boolean;
  error: Error | null;
  writeCommand: (...args: unknown[]) => Promise<void>;
}

/** The copy of the driver that Mongoose uses. */
const ofMongoose = createRequire(createRequire(import.meta.url).resolve('mongoose'));
const driver = ofMongoose('mongodb/lib/cmap/connection') as { Connection: { prototype: Connection } };
const { prototype } = driver.Connection;
const { writeCommand } = prototype;

/** Let writes of this process end with their connections; calling it again does nothing more. */
export function endWritesWithConnections(): void {
  prototype.writeCommand = function (this: Connection, ...args) {
    return new Promise<void>((resolve, reject) => {
      const cut = () => reject(this.error ?? new Error('the connection to the database was closed'));
      this.once('close', cut);
      void writeCommand
        .apply(this, args)
        .then(resolve, reject)
        .finally(() => this.off('close', cut));
      if (this.closed) cut();
    });
  };
}
