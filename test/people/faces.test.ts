/** Colour is who you are here: every colour that color-hash can give reads well, and people in a room stay apart. */
import assert from 'node:assert/strict';
import colorHash from 'color-hash';
import { contrast, oklch } from '../../shared/color.js';
import { faceSvg, markColor, shownColor } from '../../shared/face.js';
import { accent, readable, SURFACES } from '../../shared/readable.js';
import { tellApart, tooClose } from '../../shared/tell-apart.js';

type Hasher = new (options: { hash: () => number }) => { hex(text: string): string };
const ColorHash = (colorHash as unknown as { default?: Hasher }).default ?? colorHash;

/** All of them: 359 hues by three saturations by three lightnesses. */
function everyColor(): string[] {
  let seed = 0;
  const hasher = new ColorHash({ hash: () => seed });
  const colors = new Set<string>();
  for (; colors.size < 3231 && seed < 1_000_000; seed++) colors.add(hasher.hex(''));
  return [...colors];
}

/** The same crowd on every run. */
function crowd(size: number, colors: string[]) {
  let state = 42;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  return Array.from({ length: size }, () => ({ id: next().toString(36), color: colors[next() % colors.length] ?? '' }));
}

function seated(size: number, colors: string[]) {
  const room: { id: string; color: string; shift: number }[] = [];
  for (const person of crowd(size, colors)) room.push({ ...person, shift: tellApart(person, room) });
  return room;
}

describe('faces', () => {
  const colors = everyColor();

  it('knows all 3,231 colours of color-hash', () => assert.equal(colors.length, 3231));

  it('gives every colour a text colour of 4.5:1 or better on every surface, light and dark', () => {
    for (const color of colors) {
      const { light, dark, onLight, onDark } = readable(color);
      for (const surface of SURFACES.light) assert.ok(contrast(light, surface) >= 4.5, `${color} on ${surface}`);
      for (const surface of SURFACES.dark) assert.ok(contrast(dark, surface) >= 4.5, `${color} on ${surface}`);
      assert.ok(contrast(onLight, light) >= 4.5 && contrast(onDark, dark) >= 4.5, `text on the fill of ${color}`);
    }
  });

  it('tints no page with a red that reads as an error, and none with what is hard to read', () => {
    const hueOf = (color: string) => oklch(color)[2];
    for (const color of colors) {
      const { light, dark } = accent(color);
      for (const tint of [light, dark]) assert.ok(hueOf(tint) < 15 || hueOf(tint) > 45, `${tint} for ${color}`);
      for (const surface of SURFACES.light) assert.ok(contrast(light, surface) >= 4.5, `${color} on ${surface}`);
      for (const surface of SURFACES.dark) assert.ok(contrast(dark, surface) >= 4.5, `${color} on ${surface}`);
    }
  });

  it('never draws the smile of the site itself', () => {
    const smile = /11 11\.5/;
    for (const person of crowd(400, ['#336699'])) assert.doesNotMatch(faceSvg(person), smile);
  });

  it('draws a mark that stands out from its square, shifted or not', () => {
    for (const color of colors) {
      const shown = [color, shownColor({ id: 'a', color, shift: 3 })];
      for (const square of shown) assert.ok(contrast(markColor(square), square) >= 3, `mark on ${square}`);
    }
  });

  it('draws at least eight kinds of marks, the same for the same id', () => {
    const marks = new Set(crowd(400, ['#336699']).map((person) => / d="([^"]+)"/.exec(faceSvg(person))?.[1]));
    assert.ok(marks.size >= 8, `${marks.size} kinds`);
    assert.equal(faceSvg({ id: 'x', color: '#336699' }), faceSvg({ id: 'x', color: '#336699' }));
  });

  it('lets nothing into the drawing but a colour and an escaped title', () => {
    const svg = faceSvg({ id: '"><script>', color: '"/><script>' }, 40, { title: '"><img onerror=x>' });
    assert.doesNotMatch(svg, /<script|<img|style=/);
    assert.match(svg, /aria-label="&#34;&#62;&#60;img onerror=x&#62;"/);
  });

  it('leaves a face alone where nobody is like it', () => {
    assert.equal(tellApart({ id: 'a', color: '#cc3333' }, []), 0);
    assert.equal(tellApart({ id: 'a', color: '#cc3333' }, [{ id: 'a', color: '#cc3333' }]), 0, 'oneself is no other');
  });

  it('shifts a twin until it can be told apart', () => {
    const twin = { id: 'b', color: '#cc3333' };
    const others = [
      { id: 'a', color: '#cc3333', shift: 0 },
      { id: 'c', color: '#cd3434', shift: 0 },
    ];
    const shift = tellApart(twin, others);
    assert.ok(others.every((other) => !tooClose({ ...twin, shift }, other)));
  });

  for (const size of [10, 30, 50]) {
    it(`keeps ${size} people in a room apart, each from each`, () => {
      const room = seated(size, colors);
      for (const one of room)
        for (const other of room) assert.ok(one === other || !tooClose(one, other), `${one.id} and ${other.id}`);
    });
  }

  it('does its best with a hundred', () => {
    const room = seated(100, colors);
    const pairs = room.flatMap((one, i) => room.slice(i + 1).filter((other) => tooClose(one, other)));
    assert.ok(pairs.length <= 5, `${pairs.length} of 4,950 pairs are close`);
  });
});
