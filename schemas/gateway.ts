/** Frames of the raw gateway at /ws: those of direct messages and those of rooms. */
import { z } from 'zod';
import type { ClientFrame, ServerFrame } from './direct/contract.js';
import { clientFrame } from './direct/payloads.js';
import type { RoomClientFrame, RoomServerFrame } from './rooms/contract.js';
import { roomFrames } from './rooms/frames.js';

export type GatewayClientFrame = ClientFrame | RoomClientFrame;
export type GatewayServerFrame = ServerFrame | RoomServerFrame;

/** A frame that the gateway receives. */
export const gatewayFrame = z.discriminatedUnion('type', [...clientFrame.options, ...roomFrames]);
