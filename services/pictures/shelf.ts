/**
 * The GIF shelf: what the site keeps for everybody to send. The starter set comes with the project, more comes from the
 * operator's folder. A GIF that is sent is copied to where the message belongs, so that it ends with it.
 */
import type { ShelfGifView, ShelfView } from '../../schemas/messages/shelf.js';
import { nearestTags, searchShelf } from '../../shared/shelf-search.js';
import { AppError } from '../site/errors.js';
import type { Timers } from '../work/timers.js';
import type { ShelfFolder } from './shelf-folder.js';
import type { ShelfFile, ShelfGif } from './shelf-gif.js';
import { starterSet } from './shelf-starter.js';

/** Milliseconds after which the operator's folder is looked at again. */
const LOOK_MS = 60_000;

interface Deps {
  folder: ShelfFolder;
  timers: Timers;
  /** The path that all addresses of the site begin with. */
  base: string;
}

export class Shelf {
  #starter: ShelfGif[] | null = null;
  #gifs: ReadonlyMap<string, ShelfGif> | null = null;

  constructor(private readonly deps: Deps) {}

  /** Look at the operator's folder soon, and again every minute. */
  start(): void {
    const look = async () => {
      if (await this.deps.folder.look()) this.#gifs = null;
    };
    this.deps.timers.later(0, look);
    this.deps.timers.every(LOOK_MS, look);
  }

  /** End what is judged of the operator's folder. */
  stop(): void {
    this.deps.folder.stop();
  }

  /** The GIFs that a query finds, all for an empty one, and the sets that there are. */
  search(query: string): ShelfView {
    const all = [...this.#all().values()].map((gif) => this.#view(gif));
    const gifs = searchShelf(all, query);
    const sets = [...new Set(all.map(({ set }) => set))];
    return { sets, gifs, ...(gifs.length === 0 ? { near: nearestTags(all, query) } : {}) };
  }

  /** @throws AppError gif_not_found. */
  find(id: string): ShelfGif {
    const found = this.#all().get(id);
    if (!found) throw new AppError('gif_not_found');
    return found;
  }

  /** The file that an address of `view` leads to; null for any other. @param path below /shelf, decoded. */
  file(path: string): ShelfFile | null {
    const [, id, kind] = /^\/(.+)\.(moving|still)\.[a-z]+$/.exec(path) ?? [];
    const gif = this.#all().get(id ?? '');
    if (!gif) return null;
    return kind === 'still' ? gif.still : gif.moving;
  }

  #all(): ReadonlyMap<string, ShelfGif> {
    this.#starter ??= starterSet();
    this.#gifs ??= new Map([...this.#starter, ...this.deps.folder.gifs].map((gif) => [gif.id, gif]));
    return this.#gifs;
  }

  #view({ id, set, name, tags, extension, width, height, version, still, flashes }: ShelfGif): ShelfGifView {
    const at = `${this.deps.base}/shelf/${id.split('/').map(encodeURIComponent).join('/')}`;
    const stillExtension = still.path.slice(still.path.lastIndexOf('.') + 1);
    return {
      id,
      set,
      name,
      tags,
      url: `${at}.moving.${extension}?v=${version}`,
      still: `${at}.still.${stillExtension}?v=${version}`,
      width,
      height,
      ...(flashes ? { flashes } : {}),
    };
  }
}
