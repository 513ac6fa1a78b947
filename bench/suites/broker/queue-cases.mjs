import { body } from './messages.mjs';

const batches = (messages, size) =>
  Array.from({ length: messages / size }, (_, batch) =>
    Array.from({ length: size }, (_, index) => body(batch * size + index)),
  );

const of = (subject, variant, operations) => ({ subject: subject.name, note: subject.note, variant, operations });
const close = (queue) => queue.close?.();

/** Each batch is sent, received and deleted before the next: the queue stays all but empty. */
export function cycling(subject, { variant, messages, batch }) {
  const work = batches(messages, batch);
  return {
    ...of(subject, variant, messages),
    open: () => subject.open(),
    async run(queue) {
      for (const bodies of work) {
        await queue.send(bodies);
        const received = await queue.receive(batch);
        if (received.length !== batch) throw new Error(`${subject.name} handed out ${received.length} of ${batch}.`);
        await queue.delete(received);
      }
    },
    verify: (queue) => expectEmpty(subject, queue),
    close,
  };
}

/** A backlog is received and deleted in batches; what was waiting for how long must not matter. */
export function draining(subject, { variant, messages, batch }) {
  const work = batches(messages, 100);
  return {
    ...of(subject, variant, messages),
    async open() {
      const queue = await subject.open();
      for (const bodies of work) await queue.send(bodies);
      return queue;
    },
    async run(queue) {
      for (let left = messages; left > 0;) {
        const received = await queue.receive(batch);
        if (received.length === 0) throw new Error(`${subject.name} lost ${left} messages.`);
        await queue.delete(received);
        left -= received.length;
      }
    },
    verify: (queue) => expectEmpty(subject, queue),
    close,
  };
}

async function expectEmpty(subject, queue) {
  const more = await queue.receive(1);
  if (more.length > 0) throw new Error(`${subject.name} handed out a message that was deleted or never sent.`);
}
