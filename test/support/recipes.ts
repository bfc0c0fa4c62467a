/** The recipes of docs/proxies.md, run: what is printed, with the name, ports and certificate of a test in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from 'node:tls';
import { makeCertificate } from './certificate.js';
import { printed } from './pages.js';
import { steadyPort } from './ports.js';
import { temporaryFolder } from './site.js';
import { waitFor } from './wait.js';

/** Where a proxy listens, and for what. */
export interface Place {
  /** Port for https. */
  port: number;
  /** Port of 127.0.0.1 of the site. */
  site: number;
}

export interface RunningProxy {
  /** Port for http. */
  plainPort: number;
  /** Who vouches for its certificate. */
  ca: string;
  /** End it. @returns what it has logged of requests. */
  close(): Promise<string>;
}

/** Whether somebody speaks TLS there: a port is open before there is a certificate for it. */
const speaksTls = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Run a program until `isReady`. @returns what ends it. */
async function run(
  command: string,
  args: string[],
  env: Record<string, string>,
  isReady: () => boolean | Promise<boolean>,
): Promise<() => Promise<void>> {
  const child: ChildProcess = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitFor(command, () => {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}: ${said}`);
    return isReady();
  });
  return async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL'); // Caddy would wait for a poll under way, which may take half a minute
    await ended;
  };
}

/** What stands around the file in Debian's nginx.conf, with folders of our own. */
const nginxAround = (dir: string) => `
daemon off; master_process off; pid ${dir}/pid; error_log stderr;
events {}
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/${name};`).join(' ')}
  access_log ${dir}/access.log;
  include ${dir}/gif-chat.conf;
}
`;

/** @param under the heading of docs/proxies.md. @param tools paths of nginx and of openssl. */
export async function runNginx(
  under: string,
  { port, site }: Place,
  tools: { nginx: string; openssl: string },
): Promise<RunningProxy> {
  const dir = await temporaryFolder();
  const plainPort = await steadyPort();
  const { certificate, key, ca } = makeCertificate(tools.openssl, dir);
  const recipe = printed('proxies.md', 'nginx', under)
    .replaceAll('listen 443 ', `listen 127.0.0.1:${port} `)
    .replaceAll('listen 80;', `listen 127.0.0.1:${plainPort};`)
    .replaceAll(/\/etc\/letsencrypt\S+fullchain\.pem/g, certificate)
    .replaceAll(/\/etc\/letsencrypt\S+privkey\.pem/g, key)
    .replaceAll('127.0.0.1:8005', `127.0.0.1:${site}`)
    .replaceAll(/(?:chat\.)?example\.org/g, 'localhost');
  await writeFile(path.join(dir, 'gif-chat.conf'), recipe);
  await writeFile(path.join(dir, 'nginx.conf'), nginxAround(dir));
  const args = ['-p', dir, '-c', path.join(dir, 'nginx.conf')];
  const stop = await run(tools.nginx, args, {}, () => speaksTls(port));
  return {
    plainPort,
    ca,
    async close() {
      await stop();
      const log = await readFile(path.join(dir, 'access.log'), 'utf8');
      await rm(dir, { recursive: true, force: true });
      return log;
    },
  };
}

/** The same by Caddy, which makes certificates for localhost by an authority of its own. */
export async function runCaddy(under: string, { port, site }: Place, caddy: string): Promise<RunningProxy> {
  const dir = await temporaryFolder();
  const plainPort = await steadyPort();
  const root = path.join(dir, 'caddy/pki/authorities/local/root.crt');
  const recipe = printed('proxies.md', 'caddy', under)
    .replaceAll('127.0.0.1:8005', `127.0.0.1:${site}`)
    .replaceAll(/^(?:chat\.)?example\.org/gm, 'localhost');
  const around = `{
  admin off
  skip_install_trust
  http_port ${plainPort}
  https_port ${port}
  default_bind 127.0.0.1
}
`;
  await writeFile(path.join(dir, 'Caddyfile'), around + recipe);
  const home = { HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
  const args = ['run', '--adapter', 'caddyfile', '--config', path.join(dir, 'Caddyfile')];
  const stop = await run(caddy, args, home, () => speaksTls(port));
  return {
    plainPort,
    ca: await readFile(root, 'utf8'),
    async close() {
      await stop();
      await rm(dir, { recursive: true, force: true });
      return '';
    },
  };
}
