/** What those in charge see of reports: each reported message or person once, as it is now. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import type { ReportView } from '../../schemas/rooms/contract.js';
import type { Report } from '../../schemas/rooms/report.js';

/** Reasons that are shown of one message or person. */
const WHYS_MAX = 10;

/** What is reported, and in which room. */
export interface ReportIn {
  room: string;
  view: ReportView;
}

/** @param reports of any rooms; what comes first in them is on top. */
export async function reportViews(models: Models, reports: readonly Report[]): Promise<ReportIn[]> {
  const byTarget = new Map<string, Report[]>();
  for (const report of reports) {
    const key = `${report.room} ${report.target}`;
    byTarget.set(key, [...(byTarget.get(key) ?? []), report]);
  }
  const ids = [...byTarget.values()].flatMap(([first]) => (first?.isMessage ? [first.target] : []));
  const chats = await models.Chat.find({ _id: trusted({ $in: ids }) }).lean<Chat[]>();
  const messages = new Map(chats.map((chat) => [`${chat.room} ${String(chat._id)}`, messageView(chat)]));
  return [...byTarget].flatMap(([key, same]) => {
    const [first] = same;
    if (!first) return [];
    const { room, target, person, createdAt } = first;
    const whys = same.flatMap(({ why }) => why || []).slice(0, WHYS_MAX);
    const { id, name, color } = person;
    const about = { target, person: { id, name, color }, chat: messages.get(key) ?? null };
    return [{ room, view: { ...about, count: same.length, whys, createdAt: createdAt.toISOString() } }];
  });
}
