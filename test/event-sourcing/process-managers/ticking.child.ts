import { SqliteEventStore } from '../../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import { runClocks } from './ticking.js';

/** Handles deadlines until it is killed; a line for each commit. */
void runClocks(new SqliteEventStore({ file: process.argv[2] ?? '' }), () => process.stdout.write('.\n'));
setInterval(() => undefined, 1_000);
