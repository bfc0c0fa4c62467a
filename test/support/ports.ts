/** Ports for what is restarted: they lie below those that a system hands out by itself, so nobody takes them meanwhile. */
import { once } from 'node:events';
import { createServer } from 'node:net';

const [FIRST, COUNT] = [20_000, 10_000];

/** A port of 127.0.0.1 that is free, and stays so while its server is away for a moment. */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const server = createServer();
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const listening = once(server.listen(port, '127.0.0.1'), 'listening');
    if (!(await listening.catch(() => false))) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
