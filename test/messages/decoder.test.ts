/** A decoder process is replaced when it is worn: after so many pictures, or when it has become large. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Decoder } from '../../services/pictures/decoder.js';
import { createLog } from '../../services/site/log.js';
import { decodersOf } from '../support/decoders.js';
import { png } from '../support/pictures.js';
import { temporaryFolder } from '../support/site.js';
import { waitFor } from '../support/wait.js';

describe('a decoder process', () => {
  let dir: string;
  let decoder: Decoder;
  /** Processes that other tests have started from this one. */
  let others: Set<number>;
  before(async () => {
    dir = await temporaryFolder();
    await writeFile(path.join(dir, 'source'), await png());
  });
  beforeEach(() => (others = new Set(decodersOf(process.pid))));
  afterEach(() => decoder.stop());
  after(() => rm(dir, { recursive: true, force: true }));

  const begin = (wear: { pictures: number; rss: number }) =>
    (decoder = new Decoder({ log: createLog('silent'), deadlineMs: 60_000, wear }));
  const decode = async () => {
    const { width } = await decoder.encode(
      { source: path.join(dir, 'source'), target: path.join(dir, 'target') },
      () => undefined,
    );
    assert.equal(width, 30);
  };
  const ours = () => decodersOf(process.pid).filter((pid) => !others.has(pid));

  it('takes as many pictures as it may and ends; the next picture has another one', async () => {
    begin({ pictures: 2, rss: Infinity });
    await decode();
    const [first] = ours();
    await decode();
    await waitFor('the end of the first', () => ours().length === 0);
    await decode();
    const [second, ...more] = ours();
    assert.ok(first && second && first !== second, `${first} ${second}`);
    assert.deepEqual(more, []);
  });

  it('ends after a picture that made it too large', async () => {
    begin({ pictures: Infinity, rss: 1 });
    await decode();
    await waitFor('its end', () => ours().length === 0);
    await decode();
  });
});
