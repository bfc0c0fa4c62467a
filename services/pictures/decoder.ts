/**
 * Decoding outside the site's own process: hostile pictures meet the codec in a child process that holds nothing of the
 * site, is killed at a deadline, and gives its memory back when it ends. The first picture starts it; it ends after a minute
 * without one, after many pictures, or when it has become large.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { AppError } from '../site/errors.js';
import type { Log } from '../site/log.js';
import type { EncodedImage } from './codec.js';
import type { Job, Reply } from './decoder-process.js';

const PROCESS = new URL('./decoder-process.js', import.meta.url);
const WEAR = { pictures: 100, rss: 256 * 1024 * 1024 };
/** Milliseconds without a picture after which it ends. */
const IDLE_MS = 60_000;
/** A little behind the site itself, so that chat comes first. */
const NICENESS = 5;
/** Characters of its last words that go to the log. */
const SAID_MAX = 2_000;

interface Deps {
  log: Log;
  /** Milliseconds that one picture may take, with the start of the process. */
  deadlineMs: number;
  /** Pictures, and bytes of memory, after which a process is replaced: 100 and 256 MB if not given. */
  wear?: Wear;
}

interface Wear {
  pictures: number;
  rss: number;
}

export class Decoder {
  readonly #idle: DecoderProcess[] = [];
  readonly #all = new Set<DecoderProcess>();

  constructor(private readonly deps: Deps) {}

  /**
   * Decode one file and encode it anew into another. Call it no oftener at a time than processes may run.
   * @param spent is told the milliseconds of CPU that it took, however it ended.
   * @throws AppError image_unsupported, image_too_complex (also at the deadline), image_broken (also when the process
   * ended over it), busy (it could not be started, or the site ends), storage_full.
   */
  async encode(job: Job, spent: (ms: number) => void): Promise<EncodedImage> {
    const child = this.#idle.pop() ?? this.#start();
    const { result, cpuMs } = await child.run(job, this.deps.deadlineMs);
    spent(cpuMs);
    if (child.isWorn(this.deps.wear ?? WEAR)) child.end();
    else if (this.#all.has(child)) this.#idle.push(child);
    if ('image' in result) return result.image;
    throw new AppError(result.refused, {}, { cause: new Error(result.why) });
  }

  /** End all processes, also those at work. */
  stop(): void {
    for (const child of this.#all) child.end();
  }

  #start(): DecoderProcess {
    const child = new DecoderProcess(this.deps.log, () => {
      this.#all.delete(child);
      const at = this.#idle.indexOf(child);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    this.#all.add(child);
    return child;
  }
}

/** One child process, one picture at a time. */
class DecoderProcess {
  readonly #child: ChildProcess;
  readonly #idle: NodeJS.Timeout;
  #settle: ((reply: Reply) => void) | null = null;
  #began = 0;
  #said = '';
  #pictures = 0;
  #rss = 0;
  /** That we ended it. */
  #isEnded = false;

  constructor(
    private readonly log: Log,
    private readonly gone: () => void,
  ) {
    // Nothing of the site's environment, which holds its secrets.
    const { PATH, SystemRoot } = process.env;
    this.#child = fork(PROCESS, [], {
      env: { PATH, SystemRoot },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#idle = setTimeout(() => void (this.#settle ?? this.end()), IDLE_MS).unref();
    const { pid, channel, stderr } = this.#child;
    this.#child.unref();
    channel?.unref();
    stderr?.on('data', (text: Buffer) => (this.#said = (this.#said + text.toString()).slice(-SAID_MAX)));
    stderr?.on('error', () => undefined);
    (stderr as { unref?: () => void } | null)?.unref?.();
    if (pid !== undefined) behindTheSite(pid);
    this.#child.on('message', (reply: Reply) => {
      this.#rss = reply.rss;
      this.#answer(reply);
    });
    this.#child.on('error', (error) => this.#lost(error.message, 'busy'));
    this.#child.once('exit', (code, signal) => this.#lost(signal ?? `exit code ${code ?? 0}`));
  }

  /** Whether another one should take its place. */
  isWorn({ pictures, rss }: Wear): boolean {
    return this.#pictures >= pictures || this.#rss > rss;
  }

  /** Never rejects. */
  async run(job: Job, deadlineMs: number): Promise<Reply> {
    this.#pictures += 1;
    this.#began = performance.now();
    const deadline = setTimeout(() => {
      this.log.warn({ deadlineMs }, 'a picture was not decoded in time: its decoder was ended');
      this.end('image_too_complex');
    }, deadlineMs);
    const reply = await new Promise<Reply>((resolve) => {
      this.#settle = resolve;
      if (this.#child.connected) this.#child.send(job);
      else this.#lost('was gone');
    });
    clearTimeout(deadline);
    this.#idle.refresh();
    return reply;
  }

  /** Kill it; a picture under way is refused once it has ended, so that it makes no file after its files were deleted. */
  end(because: AppError['code'] = 'busy'): void {
    this.#isEnded = true;
    this.gone();
    clearTimeout(this.#idle);
    const refuse = () => this.#refuse(because, 'the decoder was ended');
    if (this.#child.pid === undefined) return refuse();
    this.#child.once('exit', refuse).kill('SIGKILL');
  }

  /** It ended by itself, or could not be started. */
  #lost(how: string, code: AppError['code'] = 'image_broken'): void {
    this.gone();
    clearTimeout(this.#idle);
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#settle) this.log.warn({ how, said: this.#said }, 'a decoder ended over a picture');
    this.#refuse(code, how);
  }

  /** How much CPU it took is not known: as much as time went by. */
  #refuse(code: AppError['code'], why: string): void {
    const cpuMs = Math.ceil(performance.now() - this.#began);
    this.#answer({ result: { refused: code, why }, cpuMs, rss: 0 });
  }

  #answer(reply: Reply): void {
    this.#settle?.(reply);
    this.#settle = null;
  }
}

/** Where the system allows it. */
function behindTheSite(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It is gone already, or the system has no priorities.
  }
}
