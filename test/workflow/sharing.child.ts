import 'reflect-metadata';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LooseCouplingModule } from '../../libs/loose-coupling/src/index.js';
import { defineWorkflow, WorkflowModule, WorkflowOrchestrator } from '../../libs/loose-coupling/src/workflow/index.js';
import type { WorkflowStep } from '../../libs/loose-coupling/src/workflow/index.js';

/** One of the processes that share a store: starts workflows of its own, and says when all it is asked for are over. */
const [folder = '', name = '', count = '0', leaseMs = '0', standStillAt = ''] = process.argv.slice(2);

const effect = (key: string) => {
  appendFileSync(join(folder, 'effects.log'), `${name} ${key}\n`);
  // Here, as a process that is stopped while it writes keeps everybody from the file.
  if (key === standStillAt) process.kill(process.pid, 'SIGSTOP');
};

const steps = [1, 2, 3, 4].flatMap((number): WorkflowStep[] => [
  {
    kind: 'task',
    name: `s${number}`,
    run: ({ idempotencyKey }) => effect(idempotencyKey),
  },
  { kind: 'delay', name: `d${number}`, ms: 400 },
]);
const workflow = defineWorkflow({ name: 'shared', steps });

@Module({
  imports: [
    LooseCouplingModule.forRoot({ store: { type: 'sqlite', file: join(folder, 'events.db') } }),
    WorkflowModule.forRoot({ workflows: [workflow], leaseMs: Number(leaseMs) }),
  ],
})
class App {}

const tell = (message: unknown) => process.send?.(message);

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
  const orchestrator = app.get(WorkflowOrchestrator);
  process.on('message', (ids: readonly string[] | 'close') => {
    if (ids === 'close') void app.close().then(() => process.disconnect());
    else
      void Promise.all(ids.map((id) => orchestrator.result(id))).then((ends) => tell(ends.map(({ status }) => status)));
  });
  const ids = Array.from({ length: Number(count) }, (_, number) => `${name}-${number}`);
  await Promise.all(ids.map((workflowId) => orchestrator.start(workflow, null, { workflowId })));
  tell('started');
}

void main();
