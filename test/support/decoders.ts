/** The decoder processes of a site: found, stopped and ended from outside, as the system would. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Ids of the processes that a site has started and that are still there. */
export function decodersOf(site: number): number[] {
  const list = `/proc/${site}/task/${site}/children`;
  const text = existsSync(list) ? readFileSync(list, 'utf8') : pgrep(site);
  return text.split(/\s+/).filter(Boolean).map(Number);
}

/** Send a signal to all of them, or to the first so many. */
export function signalDecoders(site: number, signal: NodeJS.Signals, most?: number): void {
  for (const pid of decodersOf(site).slice(0, most)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended since.
    }
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
