import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalBroker } from './open-local-broker.js';
import { describeLocalBroker } from './testing/local-broker.contract.js';

const folder = mkdtempSync(join(tmpdir(), 'lc-broker-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describeLocalBroker('the broker in memory', (clock) => openLocalBroker({ clock }));

describeLocalBroker('the broker on a file', (clock) =>
  openLocalBroker({ file: join(folder, `${(files += 1)}.db`), clock }),
);
