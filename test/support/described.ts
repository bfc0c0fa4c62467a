/** What sockets hear, held against the AsyncAPI document from `describeEvents` on, as test/chaos/described.chaos.ts has it. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface Channel {
  address: string;
  messages: Record<string, { payload: object }>;
}

/** Of each event so many are looked at: a test may send millions. */
const LOOKS = 500;

/** `channel event` -> how many were looked at. */
export const looked = new Map<string, number>();
/** What was not as described, a sentence each. */
export const undescribed: string[] = [];

let hold: Awaited<ReturnType<typeof holder>> | null = null;

/** Look at what every socket of this process hears, or at nothing any more. */
export async function describeEvents(isOn: boolean): Promise<void> {
  hold = isOn ? await holder() : null;
}

/** @param address a namespace, or /ws. @param event its name, or a frame's type. */
export function assertEventDescribed(address: string, event: string, payload: unknown): void {
  hold?.(address, event, payload);
}

async function holder() {
  const { asyncApi } = await import('../../controllers/api/asyncapi.js');
  const { channels, components } = asyncApi('localhost', '') as {
    channels: Record<string, Channel>;
    components: object;
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'api', components });
  const validators = new Map<string, ValidateFunction>();

  return (address: string, event: string, payload: unknown) => {
    const what = `${address} ${event}`;
    const count = (looked.get(what) ?? 0) + 1;
    looked.set(what, count);
    if (count > LOOKS) return;
    const channel = Object.values(channels).find((channel) => channel.address === address);
    const described = channel?.messages[`sent.${event}`]?.payload;
    if (!described) return void undescribed.push(`${what} is not described`);
    let validate = validators.get(what);
    if (!validate) {
      const schema = JSON.parse(JSON.stringify(described).replaceAll('"#/', '"api#/')) as object;
      validators.set(what, (validate = ajv.compile(schema)));
    }
    if (!validate(payload)) undescribed.push(`${what}: ${JSON.stringify(validate.errors)} ${JSON.stringify(payload)}`);
  };
}
