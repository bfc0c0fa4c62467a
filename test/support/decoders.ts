/** The decoder processes of a site: found, stopped and ended from outside, as the system would. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Ids of the processes that a site has started and that are still there. */
export function decodersOf(site: number): number[] {
  const list = `/proc/${site}/task/${site}/children`;
  const text = existsSync(list) ? readFileSync(list, 'utf8') : pgrep(site);
  return text.split(/\s+/).filter(Boolean).map(Number);
}

/**
 * Send a signal to all of them, or to the first so many. Left out are those that are only being started: whoever starts a process waits
 * until it runs its own program, and one that is stopped before that would stop the site for as long.
 * @returns how many it was sent to.
 */
export function signalDecoders(site: number, signal: NodeJS.Signals, most?: number): number {
  let sent = 0;
  for (const pid of decodersOf(site).filter(runsDecoder).slice(0, most)) {
    try {
      process.kill(pid, signal);
      sent += 1;
    } catch {
      // It has ended since.
    }
  }
  return sent;
}

function runsDecoder(pid: number): boolean {
  const command = `/proc/${pid}/cmdline`;
  try {
    return !existsSync('/proc/self/cmdline') || readFileSync(command, 'utf8').includes('decoder-process');
  } catch {
    return false; // it has ended since
  }
}

/** Where there is no /proc. It ends with 1 when there are none. */
function pgrep(site: number): string {
  try {
    return execFileSync('pgrep', ['-P', String(site)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
