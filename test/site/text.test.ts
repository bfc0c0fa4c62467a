/** Pure text functions of the pages: links, times, sizes, strength. */
import assert from 'node:assert/strict';
import { links } from '../../shared/links.js';
import { enlarge, fit, sizeText } from '../../public/js/pictures/picture.js';
import { strength } from '../../public/js/rooms/strength.js';
import { dayKey, when } from '../../shared/when.js';

const hrefs = (text: string) => links(text).flatMap((part) => part.href ?? []);

describe('links', () => {
  it('finds http and https, and gives back every character', () => {
    for (const text of [
      'a https://x.org/b?c=1#d e',
      'https://x.org',
      'no link',
      '',
      '둘: https://a.kr, http://b.kr/가나다!',
    ]) {
      assert.equal(
        links(text)
          .map((part) => part.text)
          .join(''),
        text,
      );
    }
    assert.deepEqual(hrefs('see https://x.org/a_(b), ok (https://y.org/c).'), [
      'https://x.org/a_(b)',
      'https://y.org/c',
    ]);
    assert.deepEqual(hrefs('https://a.kr/길입니다'), ['https://a.kr/%EA%B8%B8%EC%9E%85%EB%8B%88%EB%8B%A4']);
  });

  it('finds addresses that begin with www., and e-mail addresses', () => {
    assert.deepEqual(hrefs('see www.example.org/a, or (www.b.kr). 메일은 kim.lee+1@example.co.kr.'), [
      'https://www.example.org/a',
      'https://www.b.kr/',
      'mailto:kim.lee+1@example.co.kr',
    ]);
    assert.deepEqual(hrefs('https://x.org/@a@b.c'), ['https://x.org/@a@b.c']);
    for (const text of ['www.', 'www.x', 'awww.x.org', 'a@b', '@b.org', 'me@', 'a @b.org'])
      assert.deepEqual(hrefs(text), []);
  });

  it('makes a link of nothing else', () => {
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://x.org',
      'x.org',
      'https://',
      'http:///x',
      '<a href="x">',
    ]) {
      assert.deepEqual(hrefs(text), [], text);
    }
  });

  it('comes to an end on a long hostile text', () => {
    // A pattern that tries every way to split these would never be done.
    for (const text of [
      'https://'.repeat(500) + '.'.repeat(4000),
      `https://x.org/${'('.repeat(4000)}${')'.repeat(4000)}`,
      `${'a.'.repeat(2000)}@${'b.'.repeat(2000)}`,
      'www.'.repeat(1000),
    ])
      assert.equal(
        links(text)
          .map((part) => part.text)
          .join(''),
        text,
      );
  });
});

describe('times', () => {
  const now = Date.parse('2026-03-02T12:00:00Z');
  const said = (iso: string, style: 'ago' | 'day' | 'clock', lang: string) =>
    when(iso, style, { lang, zone: 'Asia/Seoul', now });

  it('are said in the language and zone of the reader', () => {
    assert.equal(said('2026-03-02T06:05:00Z', 'clock', 'ko'), '오후 3:05');
    assert.equal(said('2026-03-02T06:05:00Z', 'clock', 'en'), '3:05 PM');
    assert.equal(said('2026-03-02T11:58:00Z', 'ago', 'ko'), '2분 전');
    assert.equal(said('2026-03-02T12:00:10Z', 'ago', 'en'), 'now');
    assert.equal(when('2026-03-02T11:59:50Z', 'ago', { lang: 'ko', now, justNow: '방금' }), '방금');
  });

  it('turn the day at the reader’s midnight', () => {
    assert.equal(dayKey('2026-03-01T15:30:00Z', 'Asia/Seoul'), '2026-03-02');
    assert.equal(dayKey('2026-03-01T15:30:00Z', 'UTC'), '2026-03-01');
    assert.match(said('2026-03-01T16:00:00Z', 'day', 'ko'), /^오늘, 3월 2일/);
    assert.match(said('2026-03-01T12:00:00Z', 'day', 'en'), /^Yesterday, /);
    assert.equal(when('not a date', 'clock'), '');
  });
});

describe('pictures', () => {
  it('stand in the log inside 360 by 400 and are never enlarged there', () => {
    assert.deepEqual(fit({ width: 720, height: 100 }), { width: 360, height: 50 });
    assert.deepEqual(fit({ width: 100, height: 800 }), { width: 50, height: 400 });
    assert.deepEqual(fit({ width: 40, height: 40 }), { width: 40, height: 40 });
    assert.deepEqual(enlarge({ width: 100, height: 50 }, { width: 1000, height: 1000 }), { width: 200, height: 100 });
  });

  it('have sizes in words', () => {
    assert.deepEqual([sizeText(900), sizeText(5_242_880), sizeText(6_500_000)], ['1 KB', '5 MB', '6.2 MB']);
  });
});

describe('password strength', () => {
  it('rises with length and variety, and knows the usual ones', () => {
    assert.equal(strength('abc'), 0);
    for (const weak of ['1234', 'aaaa', 'password1', 'qwerty12', '비밀번호', 'abcdefgh'])
      assert.equal(strength(weak), 1, weak);
    assert.ok(strength('meow-7-cats') > strength('meow71'));
    assert.equal(strength('correct horse battery staple'), 4);
  });
});
