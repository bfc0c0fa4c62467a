/** An embedded store as a process of its own: its folder is the argument, its address goes to whoever started it. */
import { startEmbeddedStore } from 'mongoose-embedded-store';

const { url } = await startEmbeddedStore({ dir: process.argv[2] ?? '', database: 'gifchat' });
process.send?.(url);
