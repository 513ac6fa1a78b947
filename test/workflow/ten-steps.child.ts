import 'reflect-metadata';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LooseCouplingModule } from '../../libs/loose-coupling/src/index.js';
import { defineWorkflow, WorkflowModule, WorkflowOrchestrator } from '../../libs/loose-coupling/src/workflow/index.js';
import type { EffectContext, TaskStep } from '../../libs/loose-coupling/src/workflow/index.js';

/** Starts a workflow of ten steps, or takes it on, and kills itself where it is told: `before:<key>`, `inside:<key>`. */
const [folder = '', killAt = '', failing = ''] = process.argv.slice(2);

const die = (point: string) => {
  if (point === killAt) process.kill(process.pid, 'SIGKILL');
};

const effect = ({ idempotencyKey }: EffectContext) => {
  die(`before:${idempotencyKey}`);
  appendFileSync(join(folder, 'effects.log'), `${idempotencyKey}\n`);
  die(`inside:${idempotencyKey}`);
};

const steps = Array.from({ length: 10 }, (_, index): TaskStep => {
  const name = `s${index + 1}`;
  const run = (context: EffectContext) => {
    if (name === failing) throw new Error('refused');
    effect(context);
  };
  return { kind: 'task', name, retry: { attempts: 1 }, run, compensate: effect };
});
const workflow = defineWorkflow({ name: 'ten-steps', steps });

@Module({
  imports: [
    LooseCouplingModule.forRoot({ store: { type: 'sqlite', file: join(folder, 'events.db') } }),
    WorkflowModule.forRoot({ workflows: [workflow] }),
  ],
})
class App {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
  const { status, steps: taken } = await app.get(WorkflowOrchestrator).execute(workflow, null, { workflowId: 'w' });
  process.stdout.write(`${JSON.stringify({ status, steps: taken.length })}\n`);
  await app.close();
}

void main();
