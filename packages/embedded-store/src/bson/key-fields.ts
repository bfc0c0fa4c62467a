// Finds the fields of an encoded key (see keys.ts) without decoding them.

/** Where the encoded field that begins at `start` ends. */
export function fieldEnd(key: Buffer, start: number, descending: boolean): number {
  const mask = descending ? 255 : 0;
  const byte = (i: number) => (key[i] as number) ^ mask;
  const text = (i: number) => {
    while (byte(i) !== 0) i++;
    return i + 1;
  };
  const size = (i: number) => ((byte(i) << 24) | (byte(i + 1) << 16) | (byte(i + 2) << 8) | byte(i + 3)) >>> 0;
  const value = (i: number): number => {
    const type = byte(i++);
    switch (type) {
      case 16:
        return byte(i + 8) === 0 ? i + 9 : digitsEnd(key, i + 9, mask);
      case 32:
        return text(i);
      case 72:
        return i + 12;
      case 80:
        return i + 1;
      case 88:
      case 90:
        return i + 8;
      case 64:
        return i + 5 + size(i);
      case 96:
        return text(text(i));
      case 48:
        while (byte(i) !== 0) i = value(text(i + 1));
        return i + 1;
      case 56:
        while (byte(i) !== 0) i = value(i);
        return i + 1;
      default:
        return i;
    }
  };
  return value(start);
}

/** Digits end with 0; those of a negative number have their bits turned once more. */
function digitsEnd(key: Buffer, start: number, mask: number): number {
  const positive = ((key[start + 2] as number) ^ mask) < 0x80;
  const stop = positive ? 0 : 255;
  let i = start + 2;
  while (((key[i] as number) ^ mask) !== stop) i++;
  return i + 1;
}
