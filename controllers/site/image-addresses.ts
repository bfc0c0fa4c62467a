/** Addresses of pictures in what leaves as JSON: messages know them as /gif/name, clients get them below the site's sub-path. */

/** A replacer for JSON.stringify. @param base the sub-path, without a trailing slash. */
export const imageAddresses =
  (base: string) =>
  (key: string, value: unknown): unknown =>
    key === 'url' && typeof value === 'string' && value.startsWith('/gif/') ? base + value : value;

/** JSON for clients of a site under this sub-path; '' at the root. */
export function encoderBelow(base: string): (value: object) => string {
  const replacer = base === '' ? undefined : imageAddresses(base);
  return (value) => JSON.stringify(value, replacer);
}
