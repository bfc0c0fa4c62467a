/**
 * Loaded into a site's process before it starts (NODE_OPTIONS): at SIGUSR2 it collects garbage and writes down what the
 * process holds, as one JSON line of the file PROBE_FILE.
 */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

export interface Probe {
  /** Of /proc/self/fd. */
  descriptors: number;
  /** Bytes: what JavaScript holds, in the heap and beside it, and the process's own memory without mapped files. */
  held: number;
  own: number;
  /** Milliseconds: the median delay of the event loop since the probe before. */
  delay: number;
}

const file = process.env['PROBE_FILE'];
if (isMainThread && file !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  process.on('SIGUSR2', () => {
    const delay = delays.percentile(50) / 1e6;
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const own = Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
    const probe: Probe = {
      descriptors: readdirSync('/proc/self/fd').length,
      held: heapUsed + external,
      own,
      delay,
    };
    appendFileSync(file, `${JSON.stringify(probe)}\n`);
    delays.reset();
  });
}
