/** Posts into one room with many listeners: how many a second are stored, answered and delivered, and how soon. */
import { http, LightSocket, visit } from './client.js';
import { percentile } from './figures.js';

const VISITORS_MAX = 100;
const POSTERS = 8;

export interface FanOut {
  postsPerSecond: number;
  deliveriesPerSecond: number;
  p50: number;
  p99: number;
}

/**
 * @param members sockets in the room; beyond 100 visitors, the rest are more tabs of the same ones.
 * @param posts how many are posted, by a few visitors at once.
 */
export async function fanOut(url: string, members: number, posts: number): Promise<FanOut> {
  const cookies: string[] = [];
  for (let index = 0; index < Math.min(members, VISITORS_MAX); index++) cookies.push(await visit(url));
  const owner = cookies[0] ?? '';
  const made = await http(`${url}/room`, 'POST', owner, { title: `bench ${members}`, max: VISITORS_MAX });
  const room = (JSON.parse(made.text) as { _id: string })._id;
  const sockets: LightSocket[] = [];
  for (let index = 0; index < members; index++) {
    const socket = await new LightSocket(url, cookies[index % cookies.length] ?? '', '/chat').open();
    const answer = (await socket.ask('join', room)) as { ok: boolean };
    if (!answer.ok) throw new Error('join was refused');
    sockets.push(socket);
  }
  try {
    return await measure(url, room, cookies, sockets, posts);
  } finally {
    for (const socket of sockets) socket.close();
  }
}

async function measure(
  url: string,
  room: string,
  cookies: string[],
  sockets: LightSocket[],
  posts: number,
): Promise<FanOut> {
  const expected = posts * sockets.length;
  const delays: number[] = [];
  let delivered = 0;
  const began = performance.now();
  let lastDelivery = began;
  const everything = new Promise<void>((resolve) => {
    for (const [index, socket] of sockets.entries()) {
      socket.onEvent = (packet) => {
        if (!packet.includes('"chat",{')) return;
        // Every eleventh receiver looks at the clock: enough samples, little work for this process.
        if (index % 11 === 0) {
          const sentAt = /@(\d+\.\d+)@/.exec(packet)?.[1];
          if (sentAt) delays.push(performance.now() - Number(sentAt));
        }
        lastDelivery = performance.now();
        if (++delivered === expected) resolve();
      };
    }
  });
  let next = 0;
  const poster = async (index: number) => {
    const cookie = cookies[index % cookies.length] ?? '';
    while (next++ < posts) {
      const chat = `@${performance.now().toFixed(3)}@ ${'words '.repeat(20)}`;
      const { status } = await http(`${url}/room/${room}/chat`, 'POST', cookie, { chat });
      if (status !== 200) throw new Error(`a post answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: POSTERS }, (_, index) => poster(index)));
  const answered = performance.now();
  await Promise.race([everything, new Promise((resolve) => setTimeout(resolve, 20_000).unref())]);
  if (delivered < expected) throw new Error(`${expected - delivered} deliveries are missing`);
  return {
    postsPerSecond: (posts * 1000) / (answered - began),
    deliveriesPerSecond: (delivered * 1000) / (lastDelivery - began),
    p50: percentile(delays, 0.5),
    p99: percentile(delays, 0.99),
  };
}
