/** The page of somebody who waits to be let in: it goes on by itself once a host has answered. */
import { request } from '../net/api.js';
import { ApiError } from '../net/errors.js';
import { connect } from '../net/socket.js';
import { base, find, need, on, ready } from '../ui/dom.js';
import { initHeader } from '../ui/header.js';

/** Milliseconds between two questions: an answer may be missed while the connection is away. */
const EVERY_MS = 20_000;

/** @param {string} room */
function wait(room) {
  const socket = connect('/chat');
  let isLeaving = false;

  function stop() {
    isLeaving = true;
    clearInterval(timer);
    socket.disconnect();
  }

  /** What the address of the room leads to now: the room, or why not. */
  function goOn() {
    if (isLeaving) return;
    stop();
    location.replace(`${base}/room/${room}`);
  }

  async function ask() {
    try {
      /** @type {{ error?: object }} */
      const { error } = await request(`/api/v1/rooms/${room}/enter`, { method: 'POST', body: {} });
      if (!error) goOn();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.passing) goOn();
    }
  }

  const timer = setInterval(() => void ask(), EVERY_MS);
  socket.on('connect', () => void ask());
  /** @param {{ room: string }} answer */
  const answered = (answer) => answer.room === room && goOn();
  socket.on('admitted', answered);
  socket.on('refused', answered);
  socket.on('closed', answered);
  on(find('[data-stop]', HTMLFormElement), 'submit', stop);
}

initHeader();
const main = need('#main', HTMLElement);
if (!('refused' in main.dataset)) wait(main.dataset.room ?? '');
ready();
