import { MemoryCircuitStateStore } from './memory-circuit-state-store.js';
import { describeCircuitStateStore } from './testing/circuit-state-store.contract.js';

describeCircuitStateStore('memory', async () => {
  const store = new MemoryCircuitStateStore();
  return { store, other: store, close: () => store.close() };
});
