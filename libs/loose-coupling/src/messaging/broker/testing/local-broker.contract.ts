import type { OpenBroker } from './broker-fixture.js';
import { describeBuses } from './buses.contract.js';
import { describeFifoQueues } from './fifo-queue.contract.js';
import { describeLimits } from './limits.contract.js';
import { describeStandardQueues } from './standard-queue.contract.js';
import { describeTopics } from './topics.contract.js';
import { describeTopology } from './topology.contract.js';
import { describeWaiting } from './waiting.contract.js';

/** What every local broker must do; `open` makes a fresh, empty one for each test. */
export function describeLocalBroker(name: string, open: OpenBroker): void {
  describe(name, () => {
    describe('a standard queue', () => describeStandardQueues(open));
    describe('a FIFO queue', () => describeFifoQueues(open));
    describe('a receive that waits', () => describeWaiting(open));
    describe('its limits', () => describeLimits(open));
    describe('its topology', () => describeTopology(open));
    describe('a topic', () => describeTopics(open));
    describe('an event bus', () => describeBuses(open));
  });
}
