// Counts what a store file holds and compares it with what its catalog says it should hold.
import { decode } from '../bson/decode.js';
import { collectionOf } from '../storage/catalog.js';
import { documentLength, unsealedDocument } from '../storage/checksum.js';
import { namespaceOf, type Collection } from '../storage/collection.js';
import { entryOf, type Index } from '../storage/index-definition.js';
import { keysOf } from '../storage/index-keys.js';
import { CATALOG, DOCS, idAt, INDEX, PURGE, recordAt, STATS } from '../storage/layout.js';
import { Fold } from './fold.js';
import type { Entry } from './walk.js';

/** What was met under one id: the documents of a collection, or the entries of an index. */
class Part {
  entries = 0;
  bytes = 0;
  readonly found = new Fold();
  /** What the documents say the index should hold. */
  readonly expected = new Fold();
}

/** Broken documents that are named one by one; the others are counted. */
const NAMED = 3;

export class Tally {
  private readonly parts = new Map<number, Part>();
  private readonly records = new Map<number, { key: Buffer; value: Buffer }>();
  private readonly known = new Map<number, Collection>();
  private readonly purged = new Set<number>();
  private readonly broken = new Map<number, string[]>();
  private readonly found: string[] = [];

  /** @param contents whether documents are read, too, and indexes compared with them */
  constructor(private readonly contents: boolean) {}

  /** The collections that the catalog names. */
  get collections(): readonly Collection[] {
    return [...this.known.values()];
  }

  /** Entries come in the order of their keys: what the catalog says, then documents, then index entries. */
  add(entry: Entry): void {
    const { key } = entry;
    const kind = key[0];
    if (kind === undefined || key.length < 5) return;
    const id = idAt(key);
    if (kind === CATALOG) this.records.set(id, { key: Buffer.from(key), value: Buffer.from(entry.value()) });
    else if (kind === STATS) this.collection(id, key, entry.value());
    else if (kind === PURGE) this.purged.add(id);
    else if (kind === DOCS) this.document(id, entry);
    else if (kind === INDEX) this.indexEntry(id, entry);
  }

  private part(id: number): Part {
    let part = this.parts.get(id);
    if (!part) this.parts.set(id, (part = new Part()));
    return part;
  }

  private collection(id: number, statsAt: Buffer, stats: Buffer): void {
    const record = this.records.get(id);
    if (!record) return;
    try {
      this.known.set(id, collectionOf(record.key, record.value, statsAt, stats));
    } catch (error) {
      this.found.push(`the catalog's record of a collection is broken (${(error as Error).message})`);
    }
  }

  private document(id: number, entry: Entry): void {
    const part = this.part(id);
    part.entries++;
    const collection = this.known.get(id);
    if (!this.contents || !collection) return;
    try {
      const stored = entry.value();
      const bytes = unsealedDocument(entry.key, stored);
      part.bytes += documentLength(stored);
      const doc = decode(bytes);
      for (const index of collection.indexes)
        for (const key of keysOf(index, doc).bytes) {
          const [at, value] = entryOf(index, key, recordAt(entry.key));
          this.part(index.id).expected.add(at, value);
        }
    } catch (error) {
      const list = this.broken.get(id) ?? [];
      list.push(`document ${recordAt(entry.key)}: ${(error as Error).message}`);
      this.broken.set(id, list);
    }
  }

  private indexEntry(id: number, entry: Entry): void {
    const part = this.part(id);
    part.entries++;
    if (this.contents) part.found.add(entry.key, entry.value());
  }

  /** What is not as it should be, a sentence each. */
  problems(): string[] {
    const own = this.collections.flatMap((collection) => this.problemsOf(collection));
    const ids = new Set([...this.purged, ...this.known.keys()]);
    for (const { indexes } of this.known.values()) for (const { id } of indexes) ids.add(id);
    const strays = [...this.parts].filter(([id]) => !ids.has(id)).reduce((sum, [, { entries }]) => sum + entries, 0);
    const missing = [...this.records.keys()].filter((id) => !this.known.has(id)).length;
    return [
      ...this.found,
      ...own,
      ...(missing > this.found.length ? ['the catalog has a collection whose count of documents is not there'] : []),
      ...(strays ? [`it has ${strays} documents and index entries of collections that its catalog does not know`] : []),
    ];
  }

  private problemsOf(collection: Collection): string[] {
    const ns = namespaceOf(collection);
    const { entries, bytes } = this.parts.get(collection.id) ?? new Part();
    const broken = this.broken.get(collection.id) ?? [];
    const out = broken.slice(0, NAMED).map((why) => `the collection ${ns} is damaged: ${why}`);
    if (broken.length > NAMED) out.push(`the collection ${ns} is damaged: ${broken.length} documents in all`);
    if (entries !== collection.count)
      out.push(`the collection ${ns} is damaged: it has ${entries} documents where ${collection.count} were stored`);
    else if (this.contents && broken.length === 0 && bytes !== collection.bytes)
      out.push(`the collection ${ns} is damaged: it has ${bytes} bytes where ${collection.bytes} were stored`);
    return [...out, ...collection.indexes.flatMap((index) => this.indexProblem(ns, index, entries, broken.length > 0))];
  }

  /** With a broken document among them, documents cannot say what an index should hold. */
  private indexProblem(ns: string, index: Index, documents: number, brokenDocuments: boolean): string[] {
    const part = this.parts.get(index.id) ?? new Part();
    const plain = !index.sparse && !index.partial && !index.multikey.includes(true);
    const agrees =
      this.contents && !brokenDocuments ? part.found.equals(part.expected) : !plain || part.entries === documents;
    if (agrees) return [];
    return [
      `the index ${index.name} of ${ns} does not agree with its ${documents} documents (${part.entries} entries)`,
    ];
  }

  /** Where in the store a key lies, in words to go on with; nothing if that is not known. */
  placeOf(key: Buffer | undefined): string {
    if (!key || key.length < 5) return '';
    const id = idAt(key);
    for (const collection of this.known.values()) {
      if (collection.id === id) return `, near the collection ${namespaceOf(collection)}`;
      const index = collection.indexes.find((one) => one.id === id);
      if (index) return `, near the index ${index.name} of ${namespaceOf(collection)}`;
    }
    return '';
  }
}
