/**
 * Times in words. Pure and shared: the server renders with it and the browser corrects to the reader's own zone.
 */

/** @typedef {'clock' | 'day' | 'full' | 'ago'} Style */
/**
 * For whom: `justNow` are the language's words for less than a minute ago, without which `Intl` says it.
 * @typedef {{ lang?: string, zone?: string | undefined, now?: number, justNow?: string | undefined }} Where
 */

/** @type {Record<Exclude<Style, 'ago'>, Intl.DateTimeFormatOptions>} */
const SHAPES = {
  clock: { hour: 'numeric', minute: '2-digit' },
  day: { month: 'long', day: 'numeric', weekday: 'long' },
  full: { year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' },
};

/** Formatters that are kept: each holds tens of kilobytes, and there are some for every zone and language. */
const FORMATS_MAX = 200;
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} lang
 * @param {string | undefined} zone
 * @param {Intl.DateTimeFormatOptions} shape
 * @param {string} name
 */
function format(lang, zone, shape, name) {
  const key = `${lang}|${zone ?? ''}|${name}`;
  let made = formats.get(key);
  if (!made) {
    if (formats.size >= FORMATS_MAX) formats.clear();
    formats.set(key, (made = new Intl.DateTimeFormat(lang, zone ? { ...shape, timeZone: zone } : shape)));
  }
  return made;
}

/** @type {Map<string, Intl.RelativeTimeFormat>} */
const relatives = new Map();

/**
 * Kept as well: making one takes longer than all else of a card on the list.
 * @param {string} lang
 * @param {'long' | 'short'} style
 */
function relative(lang, style) {
  const key = `${lang}|${style}`;
  let made = relatives.get(key);
  if (!made) {
    if (relatives.size >= FORMATS_MAX) relatives.clear();
    relatives.set(key, (made = new Intl.RelativeTimeFormat(lang, { numeric: 'auto', style })));
  }
  return made;
}

/**
 * The calendar day where the reader is, as `2026-01-31`: the key of day rows.
 * @param {string | number | Date} iso
 * @param {string} [zone]
 */
export function dayKey(iso, zone) {
  const shape = /** @type {Intl.DateTimeFormatOptions} */ ({ year: 'numeric', month: '2-digit', day: '2-digit' });
  return format('en-CA', zone, shape, 'key').format(new Date(iso));
}

/**
 * @param {string} iso
 * @param {Style} [style]
 * @param {Where} [where]
 */
export function when(iso, style = 'clock', where = {}) {
  const { lang = 'ko', zone, now = Date.now(), justNow } = where;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  if (style === 'ago') return ago(at.getTime(), now, lang, justNow);
  if (style === 'day') return dayName(at, now, lang, zone);
  return inWords(format(lang, zone, SHAPES[style], style).format(at), lang);
}

/** Node's and the browser's word lists differ (CLDR 48 writes AM in Korean); readers get one. @param {string} text @param {string} lang */
function inWords(text, lang) {
  const plain = text.replace(/[\u202f\u00a0]/g, ' ');
  return lang.startsWith('ko') ? plain.replace('AM', '오전').replace('PM', '오후') : plain;
}

/**
 * @param {Date} at
 * @param {number} now
 * @param {string} lang
 * @param {string | undefined} zone
 */
function dayName(at, now, lang, zone) {
  const day = dayKey(at, zone);
  const date = format(lang, zone, SHAPES.day, 'day').format(at);
  const words = relative(lang, 'long');
  const near = day === dayKey(now, zone) ? 0 : day === dayKey(now - 86_400_000, zone) ? -1 : null;
  if (near === null) return date;
  const word = words.format(near, 'day');
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}, ${date}`;
}

/**
 * @param {number} at
 * @param {number} now
 * @param {string} lang
 * @param {string | undefined} justNow
 */
function ago(at, now, lang, justNow) {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 45 && justNow !== undefined) return justNow;
  const words = relative(lang, 'short');
  if (seconds < 45) return words.format(0, 'second');
  if (seconds < 3570) return words.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 84_600) return words.format(-Math.round(seconds / 3600), 'hour');
  return words.format(-Math.round(seconds / 86_400), 'day');
}
