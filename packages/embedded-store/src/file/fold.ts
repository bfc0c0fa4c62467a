// A set of entries as one number that does not depend on their order, so that two sets compare without being held.
import { crc32 } from 'node:zlib';

export class Fold {
  private entries = 0;
  private sum = 0;
  private mix = 0;

  add(key: Buffer, value: Buffer): void {
    const hash = crc32(value, crc32(key));
    this.entries++;
    this.sum = (this.sum + hash) >>> 0;
    this.mix = (this.mix ^ Math.imul(hash, hash | 1)) >>> 0;
  }

  equals(other: Fold): boolean {
    return this.entries === other.entries && this.sum === other.sum && this.mix === other.mix;
  }
}
