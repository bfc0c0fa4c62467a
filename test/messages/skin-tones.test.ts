/** Which emoji of the panel have skin tones: what is made of them has to be one that the server takes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inTone, TONES } from '../../public/js/messages/skin-tones.js';
import { emoji as oneEmoji } from '../../schemas/messages/payloads.js';
import { ROOT } from '../../services/site/root.js';

const all = (JSON.parse(readFileSync(path.join(ROOT, 'public/emoji/en.json'), 'utf8')) as [string][]).map(
  ([one]) => one,
);
const [, light = '', , medium = ''] = TONES;

describe('skin tones', () => {
  it('make one emoji of one, in each tone, or leave it as it is', () => {
    for (const tone of TONES) {
      const made = all.map((one) => inTone(one, tone));
      assert.deepEqual(
        made.filter((one) => !oneEmoji.safeParse(one).success),
        [],
      );
      assert.equal(made.filter((one, at) => one !== all[at]).length, tone === '' ? 0 : 305);
    }
  });

  it('are of one person, or of both of a couple', () => {
    const made = ['👍', '✌️', '🕵️‍♀️', '🧑‍🚀', '🧑‍🤝‍🧑', '👩‍❤️‍💋‍👨', '👨‍👩‍👧', '😀', '👯', '🤼‍♂️'].map((one) => inTone(one, medium));
    assert.deepEqual(made, ['👍🏽', '✌🏽', '🕵🏽‍♀️', '🧑🏽‍🚀', '🧑🏽‍🤝‍🧑🏽', '👩🏽‍❤️‍💋‍👨🏽', '👨‍👩‍👧', '😀', '👯', '🤼‍♂️']);
    assert.equal(inTone('🤝', light), '🤝🏻');
  });
});
