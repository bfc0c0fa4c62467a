/**
 * How hard a room password is to guess, 0 to 4. It advises and never refuses: the server's limits do that. Pure.
 */
const COMMON = /^(?:pass(?:word)?|qwer(?:ty)?|asdf|1q2w3e4r|abcd?|letmein|love|admin|test|비밀번호|사랑해)[\d!@#]*$/i;

/**
 * @param {string} password
 * @param {number} [shortest] the server's smallest length
 * @returns {0 | 1 | 2 | 3 | 4}
 */
export function strength(password, shortest = 4) {
  const signs = [...password];
  if (signs.length < shortest) return 0;
  const distinct = new Set(signs).size;
  const runs = signs.filter((sign, i) => {
    const step = (sign.codePointAt(0) ?? 0) - (signs[i - 1]?.codePointAt(0) ?? 0);
    return i > 0 && Math.abs(step) <= 1;
  }).length;
  if (COMMON.test(password) || distinct < 3 || runs >= signs.length / 2) return 1;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\da-zA-Z]/].filter((kind) => kind.test(password)).length;
  const hangul = signs.filter((sign) => /[가-힣]/.test(sign)).length;
  const bits = (signs.length - runs * 0.5) * (2 + kinds) + hangul * 4;
  if (bits < 24) return 1;
  if (bits < 36) return 2;
  return bits < 56 ? 3 : 4;
}
