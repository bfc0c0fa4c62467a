/**
 * What a wrong setting looks like from here: visitors who are refused or not told apart although nothing fails. Each is said
 * in the log once, with the setting that would change it.
 */
import type { Config } from './config.js';
import type { Log } from './log.js';

/** Origins that are named; whoever makes them up does not fill the log. */
const ORIGINS_MAX = 100;
const LENGTH_MAX = 200;

/** What a request says of the way that it came. */
export interface Way {
  /** Whether it came over HTTPS, as the proxy says. */
  secure: boolean;
  forwardedFor: string | undefined;
  forwardedProto: string | undefined;
}

export class SetupHints {
  readonly #said = new Set<string>();

  constructor(
    private readonly config: Pick<Config, 'https' | 'publicUrl' | 'trustProxy'>,
    private readonly log: Log,
  ) {}

  /** A page of this origin was not let write or connect. Without one there is nothing to say. */
  refusedOrigin(origin: string | undefined): void {
    if (origin === undefined || this.#said.size >= ORIGINS_MAX) return;
    const named = origin.slice(0, LENGTH_MAX);
    const hint =
      this.config.publicUrl === null
        ? 'set PUBLIC_URL to it, or add it to EXTRA_ORIGINS'
        : 'correct PUBLIC_URL, or add it to EXTRA_ORIGINS';
    this.#once(named, { origin: named }, `refused (cross_site): a page under ${named}. If that is this site, ${hint}`);
  }

  /** What a request shows of the proxies in front of the site. */
  sawWay({ secure, forwardedFor, forwardedProto }: Way): void {
    const { https, trustProxy } = this.config;
    const hops = forwardedFor === undefined ? 0 : forwardedFor.split(',').length;
    if (https && !secure)
      this.#once(
        'X-Forwarded-Proto',
        { 'x-forwarded-proto': forwardedProto?.slice(0, LENGTH_MAX) },
        'PUBLIC_URL is https, but requests arrive as http and get no cookie: the proxy must set X-Forwarded-Proto to https',
      );
    if (trustProxy === 0 && hops > 0)
      this.#once(
        'TRUST_PROXY',
        { hops },
        'requests come through a proxy, but TRUST_PROXY is 0, so that all visitors count as one address: set it to the number of proxies',
      );
    else if (hops > 0 && hops < trustProxy)
      this.#once(
        'TRUST_PROXY',
        { hops, trustProxy },
        'requests come through fewer proxies than TRUST_PROXY says, so that visitors may choose their address: set it to the number of proxies',
      );
  }

  #once(what: string, details: object, message: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.log.warn(details, message);
  }
}
