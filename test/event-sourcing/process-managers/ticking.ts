import { FaultList, SystemClock } from '../../../libs/loose-coupling/src/kernel/index.js';
import { defineCommand, defineEvent } from '../../../libs/loose-coupling/src/messaging/index.js';
import { OutgoingMessageFactory } from '../../../libs/loose-coupling/src/event-sourcing/outbox/outgoing-message.factory.js';
import { readProcessManager } from '../../../libs/loose-coupling/src/event-sourcing/process-manager/process-manager-model.js';
import {
  OnDeadline,
  ProcessManager,
  ProcessManagers,
  StartedBy,
  type Process,
  type SqliteEventStore,
} from '../../../libs/loose-coupling/src/event-sourcing/runtime.js';

export const Wound = defineEvent<{ id: string }>('clock.wound');
const Undo = defineCommand<{ id: string; tick: number }>('clock.undo');
const Tick = defineCommand<{ id: string; tick: number }>('clock.tick');

export const TICKS = 4;
export const INSTANCES = 20;

/** Sets one deadline after the other, and undoes it all at the end. */
@ProcessManager('clock', { initialState: { ticks: 0 } })
export class TickingClock {
  @StartedBy(Wound, ({ id }) => id)
  wound(_data: unknown, process: Process): void {
    process.schedule('tick', { after: 2 });
  }

  @OnDeadline('tick')
  tick(process: Process<{ ticks: number }>): void {
    const tick = process.state.ticks + 1;
    process.update({ ticks: tick });
    process.send(Tick, { id: process.id, tick });
    process.compensateWith(Undo, { id: process.id, tick });
    if (tick < TICKS) return process.schedule('tick', { after: 2 });
    process.compensate('done');
    process.complete();
  }
}

/** Gives every instance its input, as a transport does that heard of no acknowledgement, and handles deadlines. */
export async function runClocks(
  store: SqliteEventStore,
  ticked: () => void = () => undefined,
): Promise<ProcessManagers> {
  const clock = new SystemClock();
  const messages = new OutgoingMessageFactory('clocks', clock);
  const report = (message: string, error: unknown) => process.stderr.write(`${message} ${String(error)}\n`);
  const processes = new ProcessManagers({ events: store, index: store.processes, messages, clock, report });
  const faults = new FaultList('test');
  const model = readProcessManager(TickingClock, faults);
  faults.throwIfAny();
  if (!model) throw new Error('There is no model.');
  const manager = processes.register(model, new TickingClock());
  store.committed.listen(ticked);
  processes.start();
  for (let number = 0; number < INSTANCES; number += 1) {
    await manager.handleMessage(Wound.name, { id: `c${number}` }, `wound-${number}`);
  }
  return processes;
}
