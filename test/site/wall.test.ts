/**
 * The wall: every route, event and frame of the site against every class of bad input. What there is comes from the running
 * site; a new one without its row in test/support/wall/ fails. Whatever is refused has a code, and has changed nothing.
 */
import assert from 'node:assert/strict';
import { ERROR_STATUS, isErrorCode } from '../../services/site/errors.js';
import { openLine, type Raw, startLine } from '../support/line.js';
import type { Ear } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { type Answer, refusalIn } from '../support/wall/ask.js';
import { contents, difference, settled } from '../support/wall/contents.js';
import { AFTER_JOIN, EVENTS, FRAMES } from '../support/wall/events.js';
import { ROUTES } from '../support/wall/routes.js';
import { openStage, type Stage } from '../support/wall/stage.js';
import { eventsOf, framesOf, namespacesOf, routesOf } from '../support/wall/surface.js';
import { asked, triesOf, type Try } from '../support/wall/tries.js';
import { deep, ODD_VALUES, spoiled, type Value, WRONG_TYPES } from '../support/wall/values.js';

/** What stands for a whole payload. */
const PAYLOADS: Value[] = [...WRONG_TYPES, { name: 'bytes', value: Buffer.from('abc') }];

/** A code of the vocabulary that blames the client. */
const isForClients = (code: string): boolean => {
  const statuses: Record<string, number> = ERROR_STATUS;
  return isErrorCode(code) && (statuses[code] ?? 500) < 500;
};

describe('the wall', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  const unchanged = async (what: string, work: () => Promise<unknown>) => {
    await settled(stage.site);
    const before = await contents(stage.site, stage.store);
    await work();
    assert.deepEqual(difference(before, await contents(stage.site, stage.store)), [], `${what} changed something`);
  };

  /** The same as asked by a visitor whose session nobody has used up. */
  const fromSomebodyNew = async (one: Try): Promise<Try> => ({
    ...one,
    headers: { ...one.headers, Cookie: (await stage.guest()).cookie },
  });

  const refusal = (what: string, answer: Answer) => {
    try {
      return refusalIn(answer);
    } catch (error) {
      throw new Error(what, { cause: error });
    }
  };

  describe('routes', () => {
    it('each has its row, and each row its route', async () => {
      assert.deepEqual(await routesOf(stage.site), Object.keys(ROUTES).sort());
    });

    for (const [route, row] of Object.entries(ROUTES)) {
      it(route, async () => {
        const good = await row.good(stage);
        const tries = triesOf(stage, route, row, good);
        const accepted = new Set<Try>();
        const send = async (one: Try) => {
          const what = `${route}, ${one.name}`;
          const answer = await stage.http.ask(one);
          const code = refusal(what, answer);
          if (code === null && !one.must) return void accepted.add(one);
          assert.notEqual(code, null, `${what} was accepted: ${answer.status} ${answer.text.slice(0, 200)}`);
          if (one.statuses) assert.ok(one.statuses.includes(answer.status), `${what}: ${answer.status}, ${code}`);
        };
        const may = tries.filter((one) => !one.must);
        for (const one of may) await send(row.renews ? await fromSomebodyNew(one) : one);
        const refused = tries.filter((one) => one.must || !(row.costly || accepted.has(one)));
        await unchanged(route, () => Promise.all(refused.map(send)));

        const again = await row.good(stage);
        const { status, text } = await stage.http.ask(asked(stage, route, row, again));
        assert.equal(status, row.status ?? 200, `a good one: ${text.slice(0, 300)}`);
      });
    }
  });

  /** One bad payload, and whether it must be refused. */
  type BadPayload = Value & { must: boolean };

  /** Payloads that are none, and a good one with each of its fields made bad. */
  const badPayloads = (good: unknown, takesAnything = false): BadPayload[] => [
    ...PAYLOADS.map((one) => ({ ...one, must: !takesAnything })),
    ...ODD_VALUES.map((one) => ({ ...one, must: false })),
    ...(typeof good === 'object' && good !== null
      ? [
          ...[...spoiled(good, WRONG_TYPES)].map((one) => ({ ...one, must: true })),
          ...[...spoiled(good, ODD_VALUES)].map((one) => ({ ...one, must: false })),
        ]
      : []),
  ];

  /** Send bad payloads: those that may be accepted, then all that are refused, which changes nothing. */
  async function standAll(what: string, tries: BadPayload[], send: (one: BadPayload) => Promise<string | null>) {
    const standing = async (one: BadPayload) => {
      const code = await send(one);
      assert.ok(code === null || isForClients(code), `${what} with ${one.name}: ${code}`);
      assert.ok(code !== null || !one.must, `${what} with ${one.name} was accepted`);
      return code;
    };
    const may = tries.filter((one) => !one.must);
    const codes = await Promise.all(may.map(standing));
    const refused = [...tries.filter((one) => one.must), ...may.filter((_, at) => codes[at] !== null)];
    await unchanged(what, () => Promise.all(refused.map(standing)));
  }

  describe('events', () => {
    it('each has its row, and each row its event', () => {
      assert.deepEqual(namespacesOf(stage.site), Object.keys(EVENTS).sort());
      for (const [namespace, rows] of Object.entries(EVENTS)) {
        const ear = stage.ears[namespace]!;
        assert.deepEqual(eventsOf(stage.site, namespace, ear), Object.keys(rows).sort(), namespace);
      }
    });

    for (const [namespace, rows] of Object.entries(EVENTS))
      for (const [event, row] of Object.entries(rows))
        it(`${event} on ${namespace}`, async () => {
          const ear: Ear = row.desk ? stage.desk : stage.ears[namespace]!;
          const codeOf = async (on: Ear, ...args: unknown[]) => {
            const answer = await on.ask(event, ...args);
            if (answer.ok) return null;
            const { code, message, ...more } = answer.error;
            assert.ok(message !== '' && Object.keys(more).every((key) => key === 'by'), JSON.stringify(answer));
            return code;
          };
          const good = await row.good(stage);
          const tries = badPayloads(good, row.free ?? row.loose);
          const socket = ear.socket.id;
          await standAll(event, tries, ({ value }) => codeOf(ear, value));
          if (row.desk)
            await unchanged(`${event} of a visitor`, async () => {
              for (const payload of [good, null, { $ne: 1 }])
                assert.equal(await codeOf(stage.ears[namespace]!, payload), 'forbidden');
            });
          // Without an acknowledgement, without a payload, with fifty, with functions for payloads.
          ear.socket.emit(event);
          ear.socket.emit(event, ...Array<null>(50).fill(null));
          ear.socket.emit(
            event,
            () => undefined,
            () => undefined,
          );
          const again = await row.good(stage);
          assert.equal(await (again === undefined ? codeOf(ear) : codeOf(ear, again)), null, 'a good one');
          assert.equal(ear.socket.id, socket, 'the connection has ended');
        });
  });

  describe('frames', () => {
    it('each has its row, and each row its frame', () => {
      assert.deepEqual(framesOf(), Object.keys(FRAMES).sort());
    });

    /** Bad frames that one connection may send before it is closed. */
    const A_LINE = 9;
    let lines: Raw[] = [];
    afterEach(() => {
      for (const line of lines) line.drop();
      lines = [];
    });

    /** Send frames on one connection, each followed by one whose refusal shows that it was worked on. @returns their refusals. */
    async function refusals(line: Raw, frames: string[]): Promise<(string | null)[]> {
      const first = line.frames.length;
      for (const [at, frame] of frames.entries()) {
        line.send(frame);
        line.send(`{"type":"none","clientId":"after-${at}"}`);
      }
      const end = (at: number) =>
        line.frames.findIndex(
          (frame, index) => index >= first && 'clientId' in frame && frame.clientId === `after-${at}`,
        );
      await waitFor('the last answer', () => end(frames.length - 1) >= 0);
      return frames.map((_, at) => {
        const answers = line.frames.slice(at === 0 ? first : end(at - 1) + 1, end(at));
        return answers.find((frame) => frame.type === 'error')?.code ?? null;
      });
    }

    const NO_FRAMES = ['', 'null', '[]', '"x"', '{}', '{"type":', deep(5_000), '{"type":"read"}{"type":"read"}'];

    for (const [type, row] of Object.entries(FRAMES))
      it(type, async () => {
        const good = await row(stage);
        const spoiledFrames = (values: Value[]) => [...spoiled(good, values)].map(({ value }) => JSON.stringify(value));
        const send = async (frames: string[]) => {
          const answers: (string | null)[] = [];
          for (let at = 0; at < frames.length; at += A_LINE) {
            const line = await startLine(stage.me.visitor);
            lines.push(line);
            answers.push(...(await refusals(line, frames.slice(at, at + A_LINE))));
            assert.equal(line.closed, null, `${type}: a connection was closed`);
          }
          for (const code of answers) assert.ok(code === null || isForClients(code), `${type}: ${code}`);
          return answers;
        };
        const may = spoiledFrames(ODD_VALUES);
        const codes = await send(may);
        const must = [...NO_FRAMES, ...spoiledFrames(WRONG_TYPES)];
        await unchanged(type, async () => {
          const answers = await send([...must, ...may.filter((_, at) => codes[at] !== null)]);
          for (const [at, frame] of must.entries())
            assert.notEqual(answers[at], null, `${frame.slice(0, 100)} was accepted`);
        });
        if (type === 'init') return;
        const line = await startLine(stage.me.visitor);
        lines.push(line);
        const again = await row(stage);
        const join = AFTER_JOIN.has(type) ? [JSON.stringify({ type: 'join', room: again['room'] })] : [];
        const refused = await refusals(line, [...join, JSON.stringify(again)]);
        assert.ok(
          refused.every((code) => code === null),
          `a good one: ${refused.join()}`,
        );
      });

    it('before a connection has said who it is: init alone is taken', async () => {
      for (const [type, row] of Object.entries(FRAMES)) {
        const line = await openLine(stage.me.visitor);
        lines.push(line);
        line.send(await row(stage));
        if (type === 'init') await line.hear('ready');
        else assert.equal((await line.hear('error')).code, 'no_session', type);
      }
      for (const init of [{ token: 'none' }, { userId: stage.friend.id }, { token: { $ne: null } }, { after: -1 }]) {
        const line = await openLine(stage.me.visitor);
        lines.push(line);
        line.send({ type: 'init', ...init });
        const { code } = await line.hear('error');
        assert.ok(
          ['no_session', 'bad_token', 'forbidden', 'bad_input'].includes(code),
          `${JSON.stringify(init)}: ${code}`,
        );
      }
    });
  });
});
