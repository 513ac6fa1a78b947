import { randomUUID } from 'node:crypto';
import type { INestApplicationContext, INestMicroservice, Provider, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LocalTransport, openLocalBroker, type MessageTransport } from 'nestjs-loose-coupling';
import { AwsTransport } from 'nestjs-loose-coupling/aws';
import {
  SqsClient,
  SqsServer,
  type SqsClientOptions,
  type SqsServerOptions,
} from 'nestjs-loose-coupling/microservices';
import { describeOnAws } from '../support/aws-emulator/index.js';

export interface StartServiceOptions extends Partial<SqsServerOptions> {
  readonly controllers?: Type[];
  readonly providers?: Provider[];
}

export interface Service {
  readonly microservice: INestMicroservice;
  readonly server: SqsServer;
}

/** Services and clients on one transport, closed after the test. */
export interface Bench {
  readonly transport: MessageTransport;
  service(options: StartServiceOptions): Promise<Service>;
  client(options?: Partial<SqsClientOptions>): SqsClient;
  /** Something else to close before the transport, such as an application. */
  closing<Closable extends Pick<INestApplicationContext, 'close'>>(closable: Closable): Closable;
}

const QUEUE = 'inventory';
/** Emulators take a second for what the embedded broker does at once. */
jest.setTimeout(20_000);

/** Describes the same on the embedded broker and on each AWS there is. */
export function describeMicroservices(title: string, body: (bench: () => Bench) => void): void {
  describe(`${title}, local`, () => {
    withBench(async () => new LocalTransport(await openLocalBroker()), body);
  });
  describeOnAws(`${title}, aws`, (aws) => {
    withBench(async () => {
      const { endpoint, region, credentials } = aws();
      return new AwsTransport({
        type: 'aws',
        service: 'test',
        prefix: `t${randomUUID().slice(0, 8)}`,
        provision: 'create',
        aws: { endpoint, region, credentials },
      });
    }, body);
  });
}

function withBench(open: () => Promise<MessageTransport>, body: (bench: () => Bench) => void): void {
  let bench: Bench;
  const closables: { close(): unknown }[] = [];

  beforeEach(async () => {
    const transport = await open();
    bench = {
      transport,
      service: async ({ controllers = [], providers = [], ...options }) => {
        const moduleRef = await Test.createTestingModule({ controllers, providers }).compile();
        const server = new SqsServer({
          transport,
          queue: QUEUE,
          retry: { initialDelay: 1, jitter: 'none' },
          ...options,
        });
        const microservice = moduleRef.createNestMicroservice({ strategy: server, logger: false });
        closables.push(microservice);
        await microservice.listen();
        return { microservice, server };
      },
      client: (options) => {
        const client = new SqsClient({ transport, queue: QUEUE, ...options });
        closables.push(client);
        return client;
      },
      closing: (closable) => {
        closables.push(closable);
        return closable;
      },
    };
  });

  afterEach(async () => {
    for (const closable of closables.splice(0).toReversed()) await closable.close();
    await bench.transport.close();
  });

  body(() => bench);
}
