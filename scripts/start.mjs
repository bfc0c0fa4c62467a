// `npm start`: runs the server as a child, passes signals on to it and ends when it has ended, with its exit code. It says
// in one line which signal ended the server, and lets `npm run upgrade` hold the server while files are swapped: SIGUSR2
// makes it look at .run/hold, and .run/<pid> says what it made of it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setInterval } from 'node:timers';

const ROOT = path.join(import.meta.dirname, '..');
const SERVER = path.join(ROOT, 'dist', 'app.js');
const RUN = path.join(ROOT, '.run');
const HOLD = path.join(RUN, 'hold');
const STATE = path.join(RUN, String(process.pid));
/** Milliseconds between two looks at who started us, and at who holds the server. */
const LOOK_MS = 250;
/** What an operator may make of a server that died by a signal. */
const HINTS = {
  SIGBUS: 'the disk under DATA_DIR failed or its file was cut short: see "A damaged store" in docs/operations.md',
  SIGKILL: 'mostly for want of memory (look for "oom" in the log of the kernel), or by hand',
  SIGSEGV: 'a fault in native code: please report it with the versions of Node and of the system',
};

let server = null;
/** A signal told us to end, or whoever started us is gone. */
let ending = false;
/** An upgrade swaps files; and the server was told to end for it. */
let holding = false;
let heldBack = false;

/** Tell an upgrade what we do. Where the folder may not be written, nothing can be upgraded in it either. */
function say(state) {
  try {
    mkdirSync(RUN, { recursive: true });
    writeFileSync(STATE, state);
  } catch {
    return;
  }
}

function end(code) {
  rmSync(STATE, { force: true });
  process.exit(code);
}

function start() {
  // The channel tells the server when we are gone, however that happened; and us the address at which it is ready.
  server = spawn(process.execPath, [...process.execArgv, SERVER], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  say('starting');
  server.on('message', ({ ready }) => say(`ready ${ready}`));
  server.on('error', (error) => {
    process.stderr.write(`GIF Chat could not be started: ${error.message}\n`);
    end(1);
  });
  server.on('exit', ended);
}

function ended(code, signal) {
  server = null;
  if (heldBack && !ending) {
    heldBack = false;
    if (holding) say('held');
    else start();
    return;
  }
  if (signal === null) end(code);
  const hint = HINTS[signal] ? `: ${HINTS[signal]}` : '';
  process.stderr.write(`GIF Chat was ended by ${signal}${hint}\n`);
  end(128 + os.constants.signals[signal]);
}

/** End the server and then ourselves. */
function stop(signal) {
  ending = true;
  if (server) server.kill(signal);
  else end(0);
}

/** The server is held as long as the upgrade that asked for it lives. */
function lookAtHold() {
  let holder = 0;
  try {
    holder = Number(readFileSync(HOLD, 'utf8'));
    process.kill(holder, 0);
  } catch (error) {
    if (error.code !== 'EPERM') holder = 0;
  }
  if (holder > 0 && !holding) {
    holding = true;
    heldBack = true;
    server.kill('SIGTERM');
  } else if (holder === 0 && holding) {
    holding = false;
    if (!server) start();
  }
}

if (!existsSync(SERVER)) {
  process.stderr.write('GIF Chat is not built yet: run npm ci (or npm run build) first.\n');
  process.exit(1);
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
  process.on(signal, () => stop(signal === 'SIGHUP' ? 'SIGTERM' : signal));
if (process.platform !== 'win32') process.on('SIGUSR2', lookAtHold);
const startedBy = process.ppid;
setInterval(() => {
  if (holding) lookAtHold();
  // npm that was killed can pass nothing on: whoever ended it means the server.
  if (process.env.npm_lifecycle_event === 'start' && process.ppid !== startedBy && !ending) stop('SIGTERM');
}, LOOK_MS);
start();
