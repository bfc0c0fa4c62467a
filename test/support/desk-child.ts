/** A consultant in a process of its own, so that it can be killed: takes the case it is told to, says one thing, stays. */
import { io } from 'socket.io-client';

const [url = '', cookie = '', sessionId = ''] = process.argv.slice(2);
const socket = io(`${url}/consult`, { extraHeaders: { cookie, origin: url }, transports: ['websocket'] });
const say = (word: string) => void process.stdout.write(`${word}\n`);

socket.on('connect', () => {
  say('taking');
  socket.emit('consultant-join', sessionId, ({ ok }: { ok: boolean }) => {
    if (!ok) return;
    socket.emit('send-message', { sessionId, message: 'from the child' }, () => say('chatting'));
  });
});
