/** What a client of a room meets at a site that is too full for it, by a stand-in: 429, then 4429, then a seat. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Crowded {
  url: string;
  /** Status or close code of every connection that was not let in. */
  ends: number[];
  /** Close whoever was let in. */
  end(code: number): void;
  close(): Promise<void>;
}

export async function crowded(): Promise<Crowded> {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((_request, response) => response.end('{"token":"t"}'));
  const ends: number[] = [];

  function letIn(socket: WebSocket): void {
    if (!ends.includes(4429)) {
      ends.push(4429);
      return socket.close(4429);
    }
    socket.on('message', (data: Buffer) => {
      const { type } = JSON.parse(data.toString()) as { type: string };
      if (type === 'init') socket.send('{"type":"ready"}');
      if (type === 'join') socket.send('{"type":"joined","missed":[]}');
    });
  }
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (ends.includes(429)) return sockets.handleUpgrade(request, socket, head, letIn);
    ends.push(429);
    socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    ends,
    end(code) {
      for (const socket of sockets.clients) socket.close(code);
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
