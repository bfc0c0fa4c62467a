/** The raw gateway at /ws: say who it is, send direct messages, receive them as bytes. */
import { WebSocketClient } from './websocket.js';

interface Frame {
  type: string;
  userId?: string;
  clientId?: string;
}

export class GatewayClient {
  /** A frame that is no answer to this client. The bytes are only good until this returns. */
  onFrame: (frame: Buffer) => void = () => undefined;
  onClose: (reason: string) => void = () => undefined;
  /** The visitor's own id. */
  userId = '';
  readonly #sent = new Map<string, () => void>();
  #ws!: WebSocketClient;

  static open(url: string, cookie: string): Promise<GatewayClient> {
    const client = new GatewayClient();
    return new Promise((resolve, reject) => {
      client.#ws = new WebSocketClient(
        url,
        { path: '/ws', cookie },
        {
          onOpen: () => client.#ws.send('{"type":"init"}'),
          onClose(reason) {
            reject(new Error(reason));
            client.onClose(reason);
          },
          onText(text) {
            if (text.includes('"type":"chat"')) return void client.onFrame(text);
            const frame = JSON.parse(text.toString()) as Frame;
            if (frame.type === 'sent') client.#answered(frame.clientId ?? '');
            if (frame.type !== 'ready') return;
            client.userId = frame.userId ?? '';
            resolve(client);
          },
        },
      );
    });
  }

  /** Send a message and wait until the gateway says that it is stored. */
  send(toUserId: string, message: string, clientId: string): Promise<void> {
    return new Promise((resolve) => {
      this.#sent.set(clientId, resolve);
      this.#ws.send(JSON.stringify({ type: 'chat', toUserId, message, clientId }));
    });
  }

  close(): void {
    this.onClose = () => undefined;
    this.#ws.close();
  }

  #answered(clientId: string): void {
    this.#sent.get(clientId)?.();
    this.#sent.delete(clientId);
  }
}
