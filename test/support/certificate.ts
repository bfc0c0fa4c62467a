/** A certificate for localhost that nobody but its maker knows: made by openssl, good for a day. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Certificate {
  /** Paths of the two files. */
  certificate: string;
  key: string;
  /** The certificate itself, which vouches for itself. */
  ca: string;
}

/** @param openssl path of the program. @param dir where the files go. */
export function makeCertificate(openssl: string, dir: string): Certificate {
  const [certificate, key] = [path.join(dir, 'certificate.pem'), path.join(dir, 'key.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync(openssl, ['req', ...kind, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return { certificate, key, ca: readFileSync(certificate, 'utf8') };
}
