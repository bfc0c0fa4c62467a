// What the tests need beyond npm: Chrome or Chromium for the browser, redis-server for the two-node suite; and, for what is
// printed in docs/, nginx, Caddy, openssl, Python and Go. Finds them, or installs them where it may, and says in one line each
// what it did. Without the first two it fails and says what to do; without the others, tests say what is not run.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOUND = path.join(import.meta.dirname, '..', 'test-results', 'tools.json');

/** The path of the first of these commands that exists. */
function which(...names) {
  for (const name of names) {
    if (path.isAbsolute(name)) {
      if (existsSync(name)) return name;
      continue;
    }
    const found = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
    const hit = found.find((file) => existsSync(file));
    if (hit) return hit;
  }
  return null;
}

/** What apt may not do: wait long for a network that is not there, or take away what somebody installed. */
const APT_OPTIONS = ['Acquire::http::Timeout=10', 'Acquire::https::Timeout=10', 'Acquire::Retries=0'].flatMap(
  (option) => ['-o', option],
);
const APT_MS = 300_000;

const isRoot = process.getuid?.() === 0;

/** Install a distribution's packages, where this user may. */
function install(...packages) {
  const apt = which('apt-get');
  const sudo = isRoot ? [] : which('sudo') ? ['sudo', '-n'] : null;
  if (!apt || !sudo) return false;
  const run = (...args) => {
    const [command, ...rest] = [...sudo, apt, ...APT_OPTIONS, ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, rest, { stdio: 'ignore', env, timeout: APT_MS }).status === 0;
  };
  const get = () => run('install', '-y', '--no-remove', '--no-install-recommends', ...packages);
  return get() || (run('update') && get());
}

const FONTS = ['fonts-noto-cjk', 'fonts-noto-color-emoji'];
const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
/** Chromium without its windows, toolbars and tabs: a page takes a quarter of the CPU that it takes with them. */
const SHELLS = ['chromium-headless-shell', 'chrome-headless-shell'];
const INSTALLED = 'installed from the distribution';

function browser() {
  const found = which(process.env.CHROMIUM_PATH ?? SHELLS[0], ...SHELLS);
  if (found) return [found, 'found'];
  const whole = which(...BROWSERS);
  // Beside a browser that would do, nothing is installed on anybody's own machine.
  if ((isRoot || !whole) && install(SHELLS[0], ...FONTS)) return [which(...SHELLS), INSTALLED];
  if (whole) return [whole, 'found'];
  if (install(BROWSERS[0], ...FONTS)) return [which(...BROWSERS), INSTALLED];
  const cli = path.join(import.meta.dirname, '..', 'node_modules', 'playwright-core', 'cli.js');
  if (spawnSync(process.execPath, [cli, 'install', '--with-deps', 'chromium'], { stdio: 'ignore' }).status === 0) {
    const code = "import('playwright-core').then(({ chromium }) => console.log(chromium.executablePath()))";
    return [
      execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }).trim(),
      "fetched by playwright's own download",
    ];
  }
  return [null, 'install Chrome or Chromium, or set CHROMIUM_PATH to it'];
}

function redis() {
  const found = which(process.env.REDIS_SERVER_PATH ?? 'redis-server', 'redis-server', 'valkey-server');
  if (found) return [found, 'found'];
  if (install('redis-server')) return [which('redis-server'), INSTALLED];
  return [null, 'install redis-server, or set REDIS_SERVER_PATH to it'];
}

const UNPACKED = path.join(import.meta.dirname, '..', 'test-results', 'tools');

/** A program of a distribution's package in a folder of ours: unpacked only, for a server that is installed would be started, too. */
function unpack(name, ...inside) {
  const apt = which('apt-get');
  const file = path.join(UNPACKED, name, ...inside);
  const runs = () => existsSync(file) && spawnSync(file, [inside.includes('sbin') ? '-v' : 'version']).status === 0;
  if (runs()) return file;
  if (!apt || !which('dpkg-deb')) return null;
  const cwd = path.join(UNPACKED, name);
  mkdirSync(cwd, { recursive: true });
  const options = { cwd, stdio: 'ignore', timeout: APT_MS };
  const get = () => spawnSync(apt, [...APT_OPTIONS, 'download', name], options).status === 0;
  if (!get() && !(isRoot && spawnSync(apt, [...APT_OPTIONS, 'update'], options).status === 0 && get())) return null;
  for (const archive of readdirSync(cwd).filter((entry) => entry.endsWith('.deb')))
    spawnSync('dpkg-deb', ['-x', archive, '.'], options);
  return runs() ? file : null;
}

/** A server that is found, or unpacked from its distribution's package. */
function server(name, ...inside) {
  const found = which(name, `/${inside.join('/')}`);
  if (found) return [found, 'found'];
  const file = unpack(name, ...inside);
  return file ? [file, 'unpacked from the distribution'] : [null, `install ${name} to have its recipe in docs/ run`];
}

function openssl() {
  const found = which('openssl');
  if (found) return [found, 'found'];
  if (isRoot && install('openssl')) return [which('openssl'), INSTALLED];
  return [null, 'install openssl to have what needs a certificate run'];
}

/** A Python with the package websockets: the system's, or one of our own beside it. */
function python() {
  const has = (command) => spawnSync(command, ['-c', 'import websockets'], { stdio: 'ignore' }).status === 0;
  const own = path.join(UNPACKED, 'python', 'bin', 'python3');
  const system = which('python3');
  if (system && has(system)) return [system, 'found'];
  if (existsSync(own) && has(own)) return [own, 'found'];
  const options = { stdio: 'ignore', timeout: APT_MS };
  const venv = () => spawnSync(system, ['-m', 'venv', path.join(UNPACKED, 'python')], options).status === 0;
  const pip = () =>
    spawnSync(own, ['-m', 'pip', 'install', '--retries', '1', '--timeout', '10', 'websockets'], options).status === 0;
  if (system && venv() && pip()) return [own, 'made with the package websockets'];
  // The distribution's package is for the distribution's Python.
  if (isRoot && install('python3-websockets') && has('/usr/bin/python3')) return ['/usr/bin/python3', INSTALLED];
  return [null, 'install Python 3 and its package websockets to have its client in docs/ run'];
}

function go() {
  const found = which('go', '/usr/local/go/bin/go');
  return found ? [found, 'found'] : [null, 'install Go to have its client in docs/ run'];
}

const needed = { browser: browser(), redis: redis() };
const optional = {
  nginx: server('nginx', 'usr', 'sbin', 'nginx'),
  caddy: server('caddy', 'usr', 'bin', 'caddy'),
  openssl: openssl(),
  python: python(),
  go: go(),
};
const tools = { ...needed, ...optional };
for (const [name, [file, how]] of Object.entries(tools))
  console.log(file ? `${name}: ${file} (${how})` : `${name}: missing: ${how}`);
const missing = Object.values(needed).some(([file]) => !file);
mkdirSync(path.dirname(FOUND), { recursive: true });
writeFileSync(FOUND, JSON.stringify(Object.fromEntries(Object.entries(tools).map(([name, [file]]) => [name, file]))));
process.exit(missing ? 1 : 0);
