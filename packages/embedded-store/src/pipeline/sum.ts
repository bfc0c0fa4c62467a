// $sum as the server computes it.
import { Int32, isNum, type Value } from '../bson/values.js';

/** A sum of doubles, kept together with what rounding takes from it (Knuth's two-sum, as in the server's DoubleDoubleSummation). */
class DoubleSum {
  private high = 0;
  private low = 0;
  /** The plain sum, for infinities, which the other cannot take. */
  private plain = 0;

  add(value: number): void {
    this.plain += value;
    const sum = this.high + value;
    const part = sum - this.high;
    this.low += this.high - (sum - part) + (value - part);
    this.high = sum;
  }

  get value(): number {
    const sum = this.high + this.low;
    return Number.isNaN(sum) ? this.plain : sum;
  }
}

/** A running sum: whole numbers are added exactly, doubles apart. Anything but a number is passed over. */
export class Sum {
  private whole = 0n;
  private long = false;
  private double: DoubleSum | undefined;

  add(value: Value): void {
    if (!isNum(value)) return;
    if (typeof value === 'number') (this.double ??= new DoubleSum()).add(value);
    else {
      this.whole += BigInt(value instanceof Int32 ? value.value : value);
      this.long ||= typeof value === 'bigint';
    }
  }

  /** Of the widest type among the numbers, or of the next that holds it; 0 if there were none. */
  get total(): Value {
    if (this.double || BigInt.asIntN(64, this.whole) !== this.whole) return this.asDouble();
    return this.long || BigInt.asIntN(32, this.whole) !== this.whole ? this.whole : new Int32(Number(this.whole));
  }

  private asDouble(): number {
    const all = Object.assign(new DoubleSum(), this.double);
    const near = Number(this.whole);
    all.add(near);
    if (BigInt(near) !== this.whole) all.add(Number(this.whole - BigInt(near)));
    return all.value;
  }
}
