/**
 * What the site is compared with: the same packages and the same store, used as the articles do. Each post is stored and
 * then emitted to one socket after another; the room is found by its document; nothing is shared between posts.
 * Speaks as much of the contract as the load needs.
 */
import { createServer } from 'node:http';
import express from 'express';
import session from 'express-session';
import { MongoStore } from 'connect-mongo';
import mongoose from 'mongoose';
import { Server } from 'socket.io';
import { startEmbeddedStore } from 'mongoose-embedded-store';

const store = await startEmbeddedStore({ dir: process.env['DATA_DIR'] ?? 'data', database: 'gifchat' });
await mongoose.connect(store.url);
const Room = mongoose.model('Room', new mongoose.Schema({ title: String, max: Number, owner: String }));
const Chat = mongoose.model(
  'Chat',
  new mongoose.Schema({
    room: { type: String, index: true },
    user: String,
    chat: String,
    createdAt: { type: Date, default: Date.now },
  }),
);

const app = express();
const sessions = session({
  secret: 'a baseline on loopback keeps no secrets',
  resave: false,
  saveUninitialized: true,
  store: MongoStore.create({ client: mongoose.connection.getClient() }),
});
app.use(express.json(), sessions);
const server = createServer(app);
const io = new Server(server);
const chat = io.of('/chat');
chat.on('connection', (socket) => {
  socket.on('join', (room: string, ack?: (answer: object) => void) => {
    void socket.join(room);
    ack?.({ ok: true });
  });
});

app.get('/', async (_request, response) => void response.send(`<pre>${JSON.stringify(await Room.find())}</pre>`));
app.post('/room', async (request, response) => {
  const { title, max } = request.body as { title: string; max: number };
  response.status(201).json(await Room.create({ title, max, owner: request.session.id }));
});
app.get('/room/:id', (_request, response) => void response.send('ok'));
app.post('/room/:id/chat', async (request, response) => {
  const room = await Room.findOne({ _id: request.params.id });
  const message = await Chat.create({
    room: request.params.id,
    user: request.session.id,
    chat: (request.body as { chat: string }).chat,
  });
  for (const id of chat.adapter.rooms.get(String(room?._id)) ?? []) chat.sockets.get(id)?.emit('chat', message);
  response.json(message);
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.stdout.write(`baseline ready: http://127.0.0.1:${port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
