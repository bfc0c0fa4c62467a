/** A look behind the public protocol, for one question only: what is left behind? */
import { MongoClient } from 'mongodb';

const COLLECTIONS = ['rooms', 'chats', 'seats', 'admissions', 'paces'] as const;

export class Store {
  private constructor(readonly client: MongoClient) {}

  static async open(url: string): Promise<Store> {
    return new Store(await MongoClient.connect(url));
  }

  collection(name: string) {
    return this.client.db().collection(name);
  }

  count(name: string, filter: object = {}): Promise<number> {
    return this.collection(name).countDocuments(filter);
  }

  /** Documents that still speak of a room, by collection. */
  async traces(room: string): Promise<Record<string, number>> {
    const counts: [string, number][] = [];
    for (const name of COLLECTIONS) {
      const found =
        name === 'rooms'
          ? await this.collection(name).find().toArray()
          : await this.collection(name).find({ room }).toArray();
      counts.push([
        name,
        name === 'rooms' ? found.filter((document) => String(document._id) === room).length : found.length,
      ]);
    }
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
