// `npm run upgrade [version]`: builds a version beside the running site (in .upgrade/next), lets the site end calmly, swaps
// files and modules, lets it start again and says how to go back. `npm run upgrade -- --back` does the same with the version
// that ran before, which is still there. Settings, data and uploads stay where they are.
import { execFileSync } from 'node:child_process';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs, parseEnv } from 'node:util';

const ROOT = path.join(import.meta.dirname, '..');
const inRoot = (...parts) => path.join(ROOT, ...parts);
const RUN = inRoot('.run');
const HOLD = path.join(RUN, 'hold');
const NEXT = inRoot('.upgrade', 'next');
const PREVIOUS = inRoot('.upgrade', 'previous');
/** The server ends within 10 seconds and starts within as many; a large store takes longer. */
const STOP_MS = 30_000;
const START_MS = 120_000;
const LOOK_MS = 100;

/** What the operator is to mend: said without a stack. */
class Refusal extends Error {}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { back: { type: 'boolean', default: false }, stopped: { type: 'boolean', default: false } },
});

const say = (line) => process.stdout.write(`${line}\n`);
const git = (...args) =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const tryGit = (...args) => {
  try {
    return git(...args);
  } catch {
    return null;
  }
};
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** The starters (scripts/start.mjs) that run from this folder. */
function starters() {
  const names = existsSync(RUN) ? readdirSync(RUN).filter((name) => /^\d+$/.test(name)) : [];
  return names.map(Number).filter((pid) => isAlive(pid) && isStarter(pid));
}

/** Where Linux says what a process is, make sure that the number is not somebody else's by now. */
function isStarter(pid) {
  const file = `/proc/${pid}/cmdline`;
  return !existsSync(file) || readFileSync(file, 'utf8').includes('start.mjs');
}

const stateOf = (pid) => {
  const file = path.join(RUN, String(pid));
  return existsSync(file) ? readFileSync(file, 'utf8') : 'ended';
};

/** What is built and not in git: the modules and the compiled code of the site and of its packages. */
function built(root) {
  const packages = path.join(root, 'packages');
  const folders = existsSync(packages) ? readdirSync(packages).map((name) => path.join('packages', name)) : [];
  return ['', ...folders]
    .flatMap((folder) => [path.join(folder, 'node_modules'), path.join(folder, 'dist')])
    .filter((folder) => existsSync(path.join(root, folder)));
}

function move(from, to) {
  for (const folder of built(from)) {
    mkdirSync(path.dirname(path.join(to, folder)), { recursive: true });
    renameSync(path.join(from, folder), path.join(to, folder));
  }
}

/** @returns the commit to go to. */
function target() {
  if (tryGit('rev-parse', '--show-toplevel') === null)
    throw new Refusal(
      'This folder is no git clone: unpack the new version beside it, run npm ci there, stop this site, move .env, data and uploads over, and start it.',
    );
  if (git('status', '--porcelain', '--untracked-files=no') !== '')
    throw new Refusal('Files of the project were changed here (git status): keep or drop these changes first.');
  if (options.back) {
    if (!existsSync(path.join(PREVIOUS, 'commit')))
      throw new Refusal('There is nothing to go back to: no upgrade was made here.');
    return readFileSync(path.join(PREVIOUS, 'commit'), 'utf8');
  }
  if (tryGit('remote')) git('fetch', '--tags', '--quiet');
  const [version = '@{upstream}'] = positionals;
  const commit = tryGit('rev-parse', '--verify', '--quiet', `${version}^{commit}`);
  if (commit === null)
    throw new Refusal(
      positionals.length > 0 ? `There is no version ${version}.` : 'Name the version: npm run upgrade -- v0.2.0',
    );
  if (positionals.length === 0 && tryGit('merge-base', '--is-ancestor', 'HEAD', commit) === null)
    throw new Refusal(
      'This branch has commits of its own: merge the new version yourself, or name the version to go to.',
    );
  return commit;
}

/** Build the version beside the running site. If that fails, nothing has changed. */
function prepare(commit) {
  rmSync(NEXT, { recursive: true, force: true });
  git('worktree', 'prune');
  git('worktree', 'add', '--detach', '--quiet', NEXT, commit);
  say('Installing and building it beside the running site ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: NEXT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function until(what, ms, done) {
  for (const end = performance.now() + ms; !done(); await wait(LOOK_MS))
    if (performance.now() > end) throw new Refusal(`${what} took longer than ${ms / 1000} s.`);
}

/** Ends the servers of these starters until `release` is called. */
async function hold(pids) {
  mkdirSync(RUN, { recursive: true });
  writeFileSync(HOLD, String(process.pid));
  for (const pid of pids) process.kill(pid, 'SIGUSR2');
  await until('The calm end of the site', STOP_MS, () => pids.every((pid) => ['held', 'ended'].includes(stateOf(pid))));
}

function release(pids) {
  rmSync(HOLD, { force: true });
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGUSR2');
}

/** A copy of the store as the old version left it: the new one may store what the old one does not understand. */
function copyStore(to) {
  const file = inRoot('.env');
  const env = { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...process.env };
  const store = path.resolve(ROOT, env.DATA_DIR || './data', 'store.mdb');
  if (env.MONGO_URL || !existsSync(store)) return false;
  copyFileSync(store, path.join(to, 'store.mdb'), constants.COPYFILE_FICLONE);
  return true;
}

/** Put the prepared version in place of this one, and keep this one for the way back. @returns whether the store was copied. */
function swap(commit) {
  const kept = `${PREVIOUS}.new`;
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  const hasCopy = copyStore(kept);
  writeFileSync(path.join(kept, 'commit'), git('rev-parse', 'HEAD'));
  move(ROOT, kept);
  git('reset', '--keep', '--quiet', commit);
  move(options.back ? PREVIOUS : NEXT, ROOT);
  rmSync(PREVIOUS, { recursive: true, force: true });
  renameSync(kept, PREVIOUS);
  return hasCopy;
}

async function started(pids) {
  const isUp = (pid) => /^ready|^ended/.test(stateOf(pid)) || !isAlive(pid);
  await until('The start', START_MS, () => pids.every(isUp));
  const down = pids.filter((pid) => !stateOf(pid).startsWith('ready'));
  if (down.length > 0)
    throw new Refusal(
      'The new version did not start; what it said stands in the log of the site.\nTo go back: npm run upgrade -- --back --stopped, then start it.',
    );
  for (const pid of pids) say(`It runs: ${stateOf(pid).slice('ready '.length)}`);
}

async function upgrade() {
  const pids = starters();
  if (pids.length === 0 && !options.stopped)
    throw new Refusal(
      'No site that npm start (or scripts/start.mjs) keeps running was found here. Stop the site and say so: npm run upgrade -- --stopped',
    );
  const commit = target();
  if (commit === git('rev-parse', 'HEAD')) return say('This is that version already.');
  say(`From ${git('rev-parse', '--short', 'HEAD')} to ${git('rev-parse', '--short', commit)}.`);
  if (!options.back) prepare(commit);
  let hasCopy;
  try {
    say('Ending the site calmly ...');
    await hold(pids);
    hasCopy = swap(commit);
  } finally {
    release(pids);
  }
  if (!options.back) git('worktree', 'remove', '--force', NEXT);
  await started(pids);
  say('To go back: npm run upgrade -- --back');
  if (hasCopy)
    say(
      'The store as it was before: .upgrade/previous/store.mdb (put it into DATA_DIR of a stopped site if the old version cannot read the new data).',
    );
}

upgrade().catch((error) => {
  process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
