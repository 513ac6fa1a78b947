import { createRequire } from 'node:module';
import { Agent } from 'node:http';

// The version of Nest that it fits is the workspace's.
const require = createRequire(new URL('../../../package.json', import.meta.url));
require('reflect-metadata');
const { Injectable, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { SqsMessageHandler, SqsModule, SqsService } = require('@ssut/nestjs-sqs');
const { SQSClient } = require('@aws-sdk/client-sqs');

/**
 * An application on @ssut/nestjs-sqs: `consumers` of one queue, each with a handler class of its own and one connection for them
 * all, which is what gives it the most.
 * @param {{ url: string, access: object }} queue
 * @param {(body: object) => Promise<void>} handle
 */
export async function openSsut({ url, access }, handle, { consumers = 1, batch = false } = {}) {
  const sqs = new SQSClient({
    ...access,
    useQueueUrlAsEndpoint: false,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 500 }) },
  });
  const names = Array.from({ length: consumers }, (_, index) => `consumer-${index}`);
  const handlers = names.map((name) => handlerClass(name, handle, batch));
  class BenchModule {}
  Module({
    imports: [
      SqsModule.register({
        consumers: names.map((name) => ({ name, queueUrl: url, sqs, batchSize: 10, waitTimeSeconds: 1 })),
        producers: [{ name: 'producer', queueUrl: url, sqs }],
      }),
    ],
    providers: handlers,
  })(BenchModule);
  const application = await NestFactory.createApplicationContext(BenchModule, { logger: false });
  const service = application.get(SqsService);
  // Without a listener an error of a poll ends the process.
  for (const { instance } of service.consumers.values())
    instance.on('error', () => undefined).on('processing_error', () => undefined);
  return {
    application,
    send: (messages) => service.send('producer', messages),
    async close() {
      await application.close();
      sqs.destroy();
    },
  };
}

function handlerClass(name, handle, batch) {
  class Handler {
    handle(message) {
      return batch ? this.many(message) : handle(JSON.parse(message.Body));
    }
    async many(messages) {
      await Promise.all(messages.map(({ Body }) => handle(JSON.parse(Body))));
      return messages;
    }
  }
  Injectable()(Handler);
  SqsMessageHandler(name, batch)(
    Handler.prototype,
    'handle',
    Object.getOwnPropertyDescriptor(Handler.prototype, 'handle'),
  );
  return Handler;
}
