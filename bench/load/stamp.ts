/** The text that posts carry: a marker to count, and the time it was sent. Server and load share one machine's clock. */

const MARKER = Buffer.from('bench:');
const STAMP_BYTES = 14;
const TAIL = ` ${'words '.repeat(20)}`;

/** Milliseconds of a clock that all processes of this machine share. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** A message of about 140 characters, always of the same length. */
export const stampedText = (at: number): string => `${MARKER.toString()}${stampOf(at)}${TAIL}`;

/** Put another time into bytes that hold a stamped text. */
export function restamp(bytes: Buffer, at: number): void {
  bytes.write(stampOf(at), bytes.indexOf(MARKER) + MARKER.length, 'latin1');
}

const stampOf = (at: number): string => at.toFixed(3).padStart(STAMP_BYTES, '0');

/** What one worker's sockets received: messages are counted by their marker, whether one or many come in a frame. */
export class Tally {
  delivered = 0;
  /** When the latest came. */
  lastAt = 0;
  /** Milliseconds from sending to receiving, of the sampled sockets. */
  delays: number[] = [];

  reset(): void {
    this.delivered = 0;
    this.lastAt = 0;
    this.delays = [];
  }

  /** @param sampled whether this socket's messages are timed as well. */
  listener(sampled: boolean): (frame: Buffer) => void {
    return (frame) => {
      let at = frame.indexOf(MARKER);
      if (at < 0) return;
      this.lastAt = now();
      for (; at >= 0; at = frame.indexOf(MARKER, at + STAMP_BYTES)) {
        this.delivered++;
        if (!sampled) continue;
        const from = at + MARKER.length;
        this.delays.push(this.lastAt - Number(frame.toString('latin1', from, from + STAMP_BYTES)));
      }
    };
  }
}
