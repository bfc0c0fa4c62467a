/**
 * The decoder process: decodes one picture after another for the site, which may kill it at any moment. It knows two file
 * names and nothing else of the site; services/pictures/decoder.ts starts it.
 */
import { isDiskFull } from '../site/disk-full.js';
import { AppError, type ErrorCode } from '../site/errors.js';
import { type EncodedImage, encodeAnew } from './codec.js';

/** Decode `source` and write it anew to `target`, and its first frame, small, to `still`. */
export interface Job {
  source: string;
  target: string;
  still?: string;
}

/** What became of it, how many milliseconds of CPU it took, and the bytes of memory that this process has now. */
export interface Reply {
  result: { image: EncodedImage } | { refused: ErrorCode; why: string };
  cpuMs: number;
  rss: number;
}

async function encode({ source, target, still }: Job): Promise<Reply['result']> {
  try {
    return { image: await encodeAnew(source, target, still) };
  } catch (error) {
    const code = isDiskFull(error) ? 'storage_full' : error instanceof AppError ? error.code : 'internal';
    const cause = error instanceof AppError ? error.cause : error;
    return { refused: code, why: cause instanceof Error ? cause.message : '' };
  }
}

// The site ends it: a signal to the whole group must not take the picture under way.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// The site is gone. Not `exit`, which would wait for the codec.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (job: Job) => {
  const before = process.cpuUsage();
  void encode(job).then((result) => {
    const { user, system } = process.cpuUsage(before);
    const reply: Reply = { result, cpuMs: Math.ceil((user + system) / 1000), rss: process.memoryUsage.rss() };
    process.send?.(reply);
  });
});
