/** The client's address, by one rule for Express requests and raw handshakes: exactly so many trusted proxy hops. */
import type { IncomingMessage } from 'node:http';
import proxyaddr from 'proxy-addr';
import { addressKey } from '../../services/site/addresses.js';

export function addressOf(request: IncomingMessage, hops: number): string {
  return addressKey(proxyaddr(request, (_address, hop) => hop < hops));
}
