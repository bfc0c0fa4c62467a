/**
 * The reference: the GIF chat as the book and the articles about it publish it, on the same Node, packages and embedded
 * store as the site. As there: sessions in memory with a colour each, `Room.findOne` when a room is opened, one
 * `Chat.create` and one emit to the room for a post, multer for images, `ok` as the answer.
 *
 * What differs, and why no measured thing costs more for it:
 * - No morgan, console.log or mongoose debug output, templates compiled once and not watched: the original pays for these.
 * - The original does not print its templates: these are as short as what they show allows.
 * - `join` is acknowledged, so that the load knows when to begin: once a socket.
 * - Idle HTTP connections stay for a minute, as for the site under this bench, so that none closes while it is used.
 * - Port, folders and the embedded store's address come from the environment; slips of the pen that would not run
 *   (`requrie`, `tpye`, `POST` for `PORT`) are mended.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import colorHash from 'color-hash';
import cookieParser from 'cookie-parser';
import express, { type Request, type Response } from 'express';
import session from 'express-session';
import mongoose from 'mongoose';
import { startEmbeddedStore } from 'mongoose-embedded-store';
import multer from 'multer';
import nunjucks from 'nunjucks';
import { Server } from 'socket.io';

// A CommonJS package that puts its class under `default`, as the article says.
const ColorHash = (colorHash as unknown as { default: typeof colorHash }).default;
const { DATA_DIR = 'data', UPLOADS_DIR = 'uploads', PORT = '0' } = process.env;
const SECRET = 'gifchat';

const { Schema } = mongoose;
const Room = mongoose.model(
  'Room',
  new Schema({
    title: { type: String, required: true },
    max: { type: Number, required: true, default: 10, min: 2 },
    owner: { type: String, required: true },
    password: String,
    createdAt: { type: Date, default: Date.now },
  }),
);
const Chat = mongoose.model(
  'Chat',
  new Schema({
    room: { type: Schema.Types.ObjectId, required: true, ref: 'Room' },
    user: { type: String, required: true },
    chat: String,
    gif: String,
    createdAt: { type: Date, default: Date.now },
  }),
);

const MAIN = nunjucks.compile(`<!DOCTYPE html><title>{{ title }}</title><table>{% for room in rooms %}
<tr data-id="{{ room._id }}"><td>{{ room.title }}</td><td>{{ 'locked' if room.password else 'open' }}</td><td>{{ room.max }}</td>
<td style="color: {{ room.owner }}">{{ room.owner }}</td><td><button data-id="{{ room._id }}">Enter</button></td></tr>{% endfor %}
</table><script src="/socket.io/socket.io.js"></script>`);
const CHAT = nunjucks.compile(`<!DOCTYPE html><title>{{ title }}</title>{% for chat in chats %}
<div style="color: {{ chat.user }}">{{ chat.user }}: {{ chat.chat }}{% if chat.gif %}<img src="/gif/{{ chat.gif }}">{% endif %}</div>
{% endfor %}<script src="/socket.io/socket.io.js"></script>`);

const store = await startEmbeddedStore({ dir: DATA_DIR, database: 'gifchat' });
await mongoose.connect(store.url);

const app = express();
const sessions = session({
  resave: false,
  saveUninitialized: false,
  secret: SECRET,
  cookie: { httpOnly: true, secure: false },
});
const sessionOf = (request: { session: unknown }) => request.session as { color?: string };
const server = createServer({ keepAliveTimeout: 60_000 }, app);
const io = new Server(server, { path: '/socket.io' });
const list = io.of('/room');
const chat = io.of('/chat');

app.use(express.static(path.join(import.meta.dirname, 'public')));
app.use('/gif', express.static(UPLOADS_DIR));
app.use(express.json());
app.use(express.urlencoded({ extended: false }));
app.use(cookieParser(SECRET));
app.use(sessions);
app.use((request, _response, next) => {
  sessionOf(request).color ??= new ColorHash().hex(request.sessionID);
  next();
});

app.get('/', async (_request, response) => {
  response.send(MAIN.render({ rooms: await Room.find({}), title: 'GIF chat' }));
});
app.post('/room', async (request: Request, response: Response) => {
  const { title, max, password } = request.body as { title: string; max: number; password?: string };
  const room = await Room.create({ title, max, owner: sessionOf(request).color, password });
  list.emit('newRoom', room);
  response.redirect(`/room/${String(room._id)}${password ? `?password=${password}` : ''}`);
});
app.get('/room/:id', async (request, response) => {
  const room = await Room.findOne({ _id: request.params.id });
  if (!room) return void response.redirect('/?error=no such room');
  if (room.password && room.password !== request.query['password'])
    return void response.redirect('/?error=wrong password');
  const { rooms } = chat.adapter;
  if (room.max <= (rooms.get(request.params.id)?.size ?? 0)) return void response.redirect('/?error=full');
  const chats = await Chat.find({ room: room._id }).sort('createdAt');
  response.send(CHAT.render({ room, title: room.title, chats, user: sessionOf(request).color }));
});
app.post('/room/:id/chat', async (request, response) => {
  const { id } = request.params;
  const { chat: text } = request.body as { chat: string };
  const message = await Chat.create({ room: id, user: sessionOf(request).color, chat: text });
  chat.to(id).emit('chat', message);
  response.send('ok');
});

mkdirSync(UPLOADS_DIR, { recursive: true });
const upload = multer({
  storage: multer.diskStorage({
    destination: (_request, _file, done) => done(null, UPLOADS_DIR),
    filename(_request, file, done) {
      const extension = path.extname(file.originalname);
      done(null, `${path.basename(file.originalname, extension)}${Date.now()}${extension}`);
    },
  }),
  limits: { fileSize: 5 * 1024 * 1024 },
});
app.post('/room/:id/gif', upload.single('gif'), async (request: Request<{ id: string }>, response) => {
  const { id } = request.params;
  const message = await Chat.create({ room: id, user: sessionOf(request).color, gif: request.file?.filename });
  chat.to(id).emit('chat', message);
  response.send('ok');
});

chat.use((socket, next) => void sessions(socket.request as never, {} as never, next as never));
chat.on('connection', (socket) => {
  const { color } = sessionOf(socket.request as unknown as Request);
  socket.on('join', (room: string, acknowledge?: (answer: object) => void) => {
    void socket.join(room);
    socket.to(room).emit('join', { user: 'system', chat: `${color} came in.` });
    acknowledge?.({ ok: true });
  });
  socket.on('disconnect', async () => {
    const room = new URL(socket.request.headers.referer ?? '').pathname.split('/').at(-1) ?? '';
    if ((chat.adapter.rooms.get(room)?.size ?? 0) > 0) {
      socket.to(room).emit('exit', { user: 'system', chat: `${color} left.` });
      return;
    }
    await Room.deleteOne({ _id: room });
    await Chat.deleteMany({ room });
    list.emit('removeRoom', room);
  });
});

server.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`reference ready: http://127.0.0.1:${typeof address === 'object' ? address?.port : PORT}\n`);
});
process.once('SIGTERM', () => process.exit(0));
