import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { defineWorkflow, WorkflowModule, WorkflowOrchestrator } from 'nestjs-loose-coupling/workflow';
import { NestFactory } from '../../harness/nest.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { redis } from './redis.mjs';

const STEPS = 10;
const names = Array.from({ length: STEPS }, (_, index) => `s${index}`);

/** The work of a step. */
const work = async (done) => {
  done.steps += 1;
  return done.steps;
};

async function openOurs(store, done) {
  const steps = names.map((name) => ({ kind: 'task', name, run: () => work(done) }));
  const workflow = defineWorkflow({ name: 'bench', steps });
  class App {}
  const imports = [LooseCouplingModule.forRoot({ store }), WorkflowModule.forRoot({ workflows: [workflow] })];
  const app = await NestFactory.createApplicationContext({ module: App, imports }, { logger: false });
  const orchestrator = app.get(WorkflowOrchestrator);
  return { execute: () => orchestrator.execute(workflow), close: () => app.close() };
}

export const oursInMemory = (done) => openOurs({ type: 'memory' }, done);

export async function oursOnSqlite(done) {
  const file = scratchFile();
  const opened = await openOurs({ type: 'sqlite', file: file.path }, done);
  return {
    ...opened,
    async close() {
      await opened.close();
      file.remove();
    },
  };
}

/** Nothing is kept: what crashes is lost. */
export const byHand = async (done) => ({
  async execute() {
    for (const _ of names) await work(done);
  },
  close: async () => undefined,
});

/** A flow: each job is the child of the one after it, so that they run one after the other. */
export async function bullmq(done) {
  const { FlowProducer, QueueEvents, Worker } = await import('bullmq');
  const { port } = await redis();
  const connection = { host: '127.0.0.1', port };
  const queueName = `bench-${process.hrtime.bigint()}`;
  const producer = new FlowProducer({ connection });
  const events = new QueueEvents(queueName, { connection });
  const worker = new Worker(queueName, () => work(done), { connection, concurrency: 100 });
  await Promise.all([producer.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()]);
  const options = { removeOnComplete: true };
  const chain = (index) => ({
    name: names[index],
    queueName,
    opts: options,
    ...(index > 0 && { children: [chain(index - 1)] }),
  });
  return {
    async execute() {
      const { job } = await producer.add(chain(STEPS - 1));
      await job.waitUntilFinished(events);
    },
    async close() {
      await Promise.all([worker.close(), events.close(), producer.close()]);
    },
  };
}

/** So many workflows, all at once. */
export const running = (subject, variant, workflows, open, note) => ({
  subject,
  variant,
  note,
  operations: workflows * STEPS,
  async open() {
    const done = { steps: 0 };
    return { done, opened: await open(done) };
  },
  async run({ opened }) {
    await Promise.all(Array.from({ length: workflows }, () => opened.execute()));
  },
  verify({ done }) {
    if (done.steps !== workflows * STEPS) throw new Error(`${done.steps} steps were done`);
  },
  close: ({ opened }) => opened.close(),
});
