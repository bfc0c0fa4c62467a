// Room that is set aside on the disk, so that writes go on for a while when everything else has filled it: a file of this
// size, which is removed then, and made again when there is room for it twice.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** How the system says that a file could not grow. */
const FULL = /No space left|quota exceeded|File too large|Input\/output/i;

/** Whether a write failed because the disk is full. */
export const isFull = (error: unknown): boolean => FULL.test(String(error));

const FILE = 'reserve';
const CHUNK = 1024 * 1024;

export class Reserve {
  /** Whether it should be there, and is not for want of room. */
  lacking = false;
  private readonly path: string;

  /** @param bytes 0: none is kept. */
  constructor(
    private readonly dir: string,
    private readonly bytes: number,
  ) {
    this.path = join(dir, FILE);
  }

  /** The disk is full: make room. Returns whether there was something to give up. */
  giveUp(): boolean {
    if (this.bytes === 0 || this.lacking) return false;
    this.lacking = true;
    rmSync(this.path, { force: true });
    return true;
  }

  /** Do something that writes a little; if the disk is full, once more without the reserve. */
  async spare<T>(work: () => Promise<T>): Promise<T> {
    return work().catch((error: unknown) => {
      if (isFull(error) && this.giveUp()) return work();
      throw error;
    });
  }

  /** Make it, unless it is there or there is no room for it. */
  async restore(): Promise<void> {
    const { size } = await stat(this.path).catch(() => ({ size: 0 }));
    if (size >= this.bytes) {
      this.lacking = false;
      return;
    }
    this.lacking = !(await this.roomFor(2 * this.bytes)) || !(await this.write());
  }

  /** Whether the disk says that it has so many bytes left. */
  async roomFor(bytes: number): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.dir);
    return bavail * bsize >= bytes;
  }

  /** Random bytes: zeros would take no room where the file system compresses. */
  private async write(): Promise<boolean> {
    const unfinished = `${this.path}.new`;
    const chunk = randomBytes(Math.min(CHUNK, this.bytes));
    try {
      const file = await open(unfinished, 'w', 0o600);
      try {
        for (let left = this.bytes; left > 0; left -= chunk.length)
          await file.write(chunk, 0, Math.min(left, chunk.length));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, this.path);
      return true;
    } catch {
      await rm(unfinished, { force: true });
      return false;
    }
  }
}
