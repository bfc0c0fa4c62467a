/** What every case needs before it begins: visitors with a session, rooms. Works on the site and on the reference. */
import { GatewayClient } from './gateway.js';
import { HttpConnection } from './http.js';

/** Connections that prepare a case at once. */
const AT_ONCE = 8;

/** Run `count` tasks, a few at once, each on a connection of its own. @returns their results in order. */
export async function eachOnConnections<T>(
  url: string,
  count: number,
  task: (http: HttpConnection, index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    const http = await HttpConnection.open(url);
    while (next < count) {
      const index = next++;
      results[index] = await task(http, index);
    }
    http.close();
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, worker));
  return results;
}

/** New visitors. @returns a cookie each. */
export const visitors = (url: string, count: number): Promise<string[]> =>
  eachOnConnections(url, count, async (http) =>
    cookieOf((await http.request('GET', '/', { accept: 'text/html' })).head),
  );

/** The cookies that an answer sets, as a request sends them. */
export function cookieOf(head: string): string {
  const cookies = [...head.matchAll(/\r\nset-cookie: *([^;\r]+)/gi)].map(([, cookie]) => cookie);
  if (cookies.length === 0) throw new Error(`no cookie was set: ${head}`);
  return cookies.join('; ');
}

/** A room of 100 seats, made the way a form does it. @returns its id. */
export async function createRoom(http: HttpConnection, cookie: string, title: string): Promise<string> {
  const body = Buffer.from(new URLSearchParams({ title, max: '100' }).toString());
  const options = { cookie, body, type: 'application/x-www-form-urlencoded', accept: 'text/html' };
  const { head } = await http.request('POST', '/room', options);
  const id = /\r\nlocation: *\S*\/room\/([0-9a-f]{24})/i.exec(head)?.[1];
  if (!id) throw new Error(`POST /room did not lead to a room: ${head}`);
  return id;
}

/** Rooms, each with another of the visitors as its owner. @returns their ids. */
export const createRooms = (url: string, cookies: string[], count: number): Promise<string[]> =>
  eachOnConnections(url, count, (http, index) =>
    createRoom(http, cookies[index % cookies.length] ?? '', `Room number ${index} of many`),
  );

/** A visitor's id, as the raw gateway tells it. */
export async function visitorId(url: string, cookie: string): Promise<string> {
  const client = await GatewayClient.open(url, cookie);
  client.close();
  return client.userId;
}
