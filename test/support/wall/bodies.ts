/** Classes of bad bodies: what is refused before anybody looks at a field. */
import type { OutgoingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { deep } from './values.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };

export interface BadBody {
  name: string;
  headers: OutgoingHttpHeaders;
  body: string | Buffer;
  statuses: number[];
}

const BOMB = gzipSync(JSON.stringify({ text: 'x'.repeat(16_000_000) }));

/** @param fields those that a good body has. */
export function badBodies(fields: string[]): BadBody[] {
  const [first = 'x'] = fields;
  const all = (value: string) => `{${fields.map((field) => `"${field}":${value}`).join(',')}}`;
  const json = (name: string, body: string | Buffer, statuses = [400], headers: OutgoingHttpHeaders = {}) => ({
    name,
    headers: { ...JSON_TYPE, ...headers },
    body,
    statuses,
  });
  const form = (name: string, body: string, statuses = [400]) => ({ name, headers: FORM_TYPE, body, statuses });
  return [
    { name: 'no body, no type', headers: {}, body: '', statuses: [400] },
    { name: 'plain text', headers: { 'Content-Type': 'text/plain' }, body: '{}', statuses: [400, 415] },
    { name: 'XML', headers: { 'Content-Type': 'application/xml' }, body: '<a/>', statuses: [400, 415] },
    { name: 'a type that is none', headers: { 'Content-Type': ';;;' }, body: '{}', statuses: [400, 415] },
    {
      name: 'a multipart form',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
      body: `--x\r\nContent-Disposition: form-data; name="${first}"\r\n\r\nx\r\n--x--\r\n`,
      statuses: [400, 415],
    },
    json('half a JSON', '{"a":'),
    json('JSON null', 'null'),
    json('a JSON text', '"x"'),
    json('a JSON array', '[]'),
    json('no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), [400, 404]),
    json('arrays 5,000 deep', all(deep(5_000)), [400, 404, 413]),
    json('an operator for a name', `{"${first}[$ne]":"x"}`),
    json('a path for a name', `{"a.b":1,${all('"x"').slice(1)}`),
    json('70 KB', all(`"${'x'.repeat(70_000)}"`), [413]),
    json('an unknown character set', '{}', [415], { 'Content-Type': 'application/json; charset=koi8-r' }),
    json('an unknown encoding', '{}', [415], { 'Content-Encoding': 'x' }),
    json('no gzip that says it is', '{"a":"x"}', [400], { 'Content-Encoding': 'gzip' }),
    json('a gzip bomb', BOMB, [413], { 'Content-Encoding': 'gzip' }),
    form('70 KB of form', `${first}=${'x'.repeat(70_000)}`, [413]),
    form('51 parameters', Array(51).fill('a=1').join('&'), [413]),
    form('an operator in a form', `${first}[$ne]=`),
    form('a list in a form', `${first}[]=a&${first}[]=b`),
    form('a prototype in a form', `__proto__[${first}]=x`),
  ];
}

/** A multipart form of our own making. `null`: no closing boundary. */
export const multipart = (parts: string[], end: string | null = '--x--\r\n'): string =>
  `${parts.map((part) => `--x\r\n${part}\r\n`).join('')}${end ?? ''}`;

export const field = (name: string, value: string): string =>
  `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;

export const file = (name: string, filename: string, value: string): string =>
  `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: image/gif\r\n\r\n${value}`;

export const MULTIPART = { 'Content-Type': 'multipart/form-data; boundary=x' };

/** Forms that no upload takes. `GIF` stands for bytes that are a picture. */
export function badUploads(gif: string): BadBody[] {
  const good = file('gif', 'x.gif', gif);
  const upload = (name: string, body: string, statuses = [400], headers: OutgoingHttpHeaders = MULTIPART) => ({
    name,
    headers,
    body: Buffer.from(body, 'latin1'),
    statuses,
  });
  const bytes = (name: string, value: string, statuses = [415]) =>
    upload(name, multipart([file('gif', 'x.gif', value)]), statuses);
  return [
    upload('no body', '', [400], {}),
    upload('JSON', '{"gif":"x"}', [400], JSON_TYPE),
    upload('no boundary', multipart([good]), [400], { 'Content-Type': 'multipart/form-data' }),
    upload('another boundary', multipart([good]), [400], { 'Content-Type': 'multipart/form-data; boundary=y' }),
    upload('no end', multipart([good], null)),
    upload('an end within a header', '--x\r\nContent-Disposition: form-data; na'),
    upload('headers without end', `--x\r\n${'X-A: b\r\n'.repeat(200)}`),
    upload('no part at all', '--x--\r\n'),
    upload('two files', multipart([good, good])),
    upload('a file for another field', multipart([file('png', 'x.gif', gif)])),
    upload('a field in place of the file', multipart([field('gif', 'x')])),
    ...['', '__proto__', 'constructor', 'toString', 'gif[]', 'gif[a]', 'alt[$ne]', 'n'.repeat(10_000)].map((name) =>
      upload(`a field named ${name.slice(0, 12)}`, multipart([field(name, 'x'), file(name, 'x.gif', gif)])),
    ),
    upload('eight fields', multipart([...Array<string>(8).fill(field('alt', 'x')), good])),
    upload('a field of 9 KB', multipart([field('alt', 'x'.repeat(9_000)), good])),
    upload('a description of a zero byte', multipart([field('alt', 'a\0b'), good])),
    upload('a description of 301 characters', multipart([field('alt', 'x'.repeat(301)), good])),
    upload('a client id that is none', multipart([field('clientId', '../x y'), good])),
    upload('an empty file', multipart([file('gif', 'x.gif', '')])),
    upload('a file without a name', multipart([file('gif', '', gif)])),
    bytes('text', 'hello'),
    bytes('HTML', '<script>alert(1)</script>'),
    bytes('SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    bytes('PDF', '%PDF-1.7\n'),
    bytes('a program', 'MZ\0\0'),
    bytes('an archive', 'PK\x03\x04'),
    bytes('a video', '\0\0\0\x18ftypmp42'),
    bytes('HEIC', '\0\0\0\x18ftypheic'),
    bytes('an icon', '\0\0\x01\0\x01\0'),
    bytes('BMP', 'BM\x46\0\0\0\0\0\0\0'),
    bytes('TIFF', 'II*\0\x08\0\0\0'),
    bytes('half a GIF', gif.slice(0, 20)),
    bytes('a GIF without frames', 'GIF89a\x01\0\x01\0\0\0\0;'),
    bytes('the head of a PNG', '\x89PNG\r\n\x1a\n'),
    bytes('the head of a JPEG', '\xff\xd8\xff\xe0'),
    bytes('the head of a WebP', 'RIFF\x24\0\0\0WEBPVP8 '),
    bytes('an ASF of 55 bytes', `\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c${'\0'.repeat(39)}`),
    upload('more than may be', multipart([file('gif', 'x.gif', 'x'.repeat(300_000))]), [413]),
  ];
}
