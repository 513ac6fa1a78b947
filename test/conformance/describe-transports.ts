import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { LooseCouplingOptions } from 'nestjs-loose-coupling';
import { closeApps, startApp, type RunningApp, type StartOptions } from '../messaging/start-app.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

/** What a transport can do that not every one can, or does not do where it is emulated. */
export interface Abilities {
  /** Applications of two services see each other's messages. */
  readonly services: boolean;
  /** Filters keep messages off the queue, and not only from the handler. */
  readonly filtersAtSource: boolean;
}

export type StartOn = (options?: StartOptions) => Promise<RunningApp>;

/** Describes the same on each transport there is; `start` makes an application on it, all of one test on the same one. */
export function describeTransports(title: string, body: (start: StartOn, abilities: Abilities) => void): void {
  describe(`${title}, local in memory`, () => {
    afterEach(closeApps);
    body((options) => startApp(options), { services: false, filtersAtSource: true });
  });

  describe(`${title}, local on a file`, () => {
    let folder = '';
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lc-conformance-'))));
    afterEach(async () => {
      await closeApps();
      rmSync(folder, { recursive: true, force: true });
    });
    const start: StartOn = (options) =>
      startApp({ ...options, transport: { type: 'local', file: join(folder, 'broker.db') } });
    body(start, { services: true, filtersAtSource: true });
  });

  // Queues are the same on both ways that events go, so each is tried with one of the two receivers.
  for (const { over, receiver, eventBus } of [
    { over: 'SNS', receiver: 'ssut', eventBus: undefined },
    { over: 'EventBridge', receiver: 'sdk', eventBus: 'shop' },
  ] as const) {
    describeOnAws(`${title}, aws over ${over}, received by ${receiver}`, (aws) => {
      let prefix = '';
      beforeEach(() => (prefix = `t${randomUUID().slice(0, 8)}`));
      afterEach(closeApps);
      const start: StartOn = (options) => {
        const { endpoint, region, credentials } = aws();
        const transport: LooseCouplingOptions['transport'] = {
          type: 'aws',
          prefix,
          provision: 'create',
          receiver,
          ...(eventBus && { eventBus }),
        };
        return startApp({ service: 'app', ...options, transport, aws: { endpoint, region, credentials } });
      };
      body(start, { services: true, filtersAtSource: false });
    });
  }
}
