import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  defineCommand,
  defineEvent,
  InvalidOptionsError,
  LocalTransport,
  LooseCouplingModule,
  MESSAGING_OPTIONS,
  MessageTransport,
  OnCommand,
  OnDeadLetter,
  OnEvent,
  type LooseCouplingOptions,
  type MessagingOptions,
} from 'nestjs-loose-coupling';
import type { SqliteDatabase } from '../../libs/loose-coupling/src/sqlite/index.js';
import { resolveOptions } from '../../libs/loose-coupling/src/resolve-options.js';
import { EventType } from 'nestjs-loose-coupling/event-sourcing';
import { closeApps, startApp } from './start-app.js';

afterEach(closeApps);

const compile = (imported: DynamicModule) => Test.createTestingModule({ imports: [imported] }).compile();
const wrong = {
  service: 'no spaces',
  transport: { type: 'pigeon', wings: 2, synchronous: 'off' },
  consumer: { enabled: 'no', concurrency: 0, retry: { jitter: 'some' }, typo: 1 },
  maxRedrives: -1,
  clock: {},
  logger: 'loud',
  resilience: {
    httpErrors: 'yes',
    policies: { inventory: { retry: { maxAttempts: 0 } } },
    sharedState: { type: 'dynamodb', table: 'x', file: 'circuits.db', refreshInterval: 0, policies: [1] },
    typo: 1,
  },
  aws: { region: 'EU', endpoint: 'localhost', credentials: { accessKeyId: 'a' }, profile: 'x' },
  services: {},
  nonsense: true,
} as unknown as LooseCouplingOptions;

const faults = [
  'services: expected a list',
  'resilience.typo: unknown option; known are policies, defaults, chaos, httpErrors, sharedState',
  'resilience.httpErrors: expected true or false',
  'resilience.policies.inventory.retry.maxAttempts: expected',
  'resilience.sharedState.file: unknown option',
  'resilience.sharedState.table: expected',
  'resilience.sharedState.refreshInterval: expected milliseconds',
  'resilience.sharedState.policies: expected',
  'aws.profile: unknown option',
  'aws.region: expected',
  'aws.endpoint: expected an http(s) address',
  'aws.credentials.secretAccessKey: expected',
  'nonsense: unknown option',
  'service: expected',
  'transport.type: expected "local"',
  'transport.wings: unknown option',
  'transport.synchronous: expected one of "normal", "full"',
  'consumer.typo: unknown option',
  'consumer.enabled: expected true or false',
  'consumer.concurrency: expected',
  'consumer.retry.jitter: expected one of "full", "equal", "none"',
  'maxRedrives: expected',
  'clock: expected',
  'logger: expected',
];

describe('options', () => {
  it.each([
    ['forRoot', LooseCouplingModule.forRoot(wrong)],
    ['forRootAsync', LooseCouplingModule.forRootAsync({ useFactory: async () => wrong })],
  ])('that are wrong are all named at once by %s', async (_way, imported) => {
    const error = await compile(imported).catch((reason: unknown) => reason as InvalidOptionsError);

    expect(error).toBeInstanceOf(InvalidOptionsError);
    const found = (error as InvalidOptionsError).faults;
    expect(faults.filter((fault) => !found.some((each) => each.startsWith(fault)))).toEqual([]);
    expect(found).toHaveLength(faults.length);
  });

  it('take credentials that a client of the AWS SDK was given before, which adds where they are from', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b', $source: { CREDENTIALS_CODE: 'e' } };

    const moduleRef = await compile(LooseCouplingModule.forRoot({ service: 'order', aws: { credentials } }));

    expect(moduleRef.get<MessagingOptions>(MESSAGING_OPTIONS, { strict: false }).service).toBe('order');
    await moduleRef.close();
  });

  it('of the transport on AWS are checked, every fault listed at once', async () => {
    const transport = {
      type: 'aws',
      receiver: 'pigeon',
      prefix: 'no spaces',
      provision: 'maybe',
      eventBus: '',
      tags: { team: 1 },
      publisher: { linger: -1, maxInFlight: 0, burst: 1 },
      claimCheck: {},
      queue: 'x',
    };
    const connections = {
      billing: { roleArn: 'role/x', externalId: '', region: 'EU', endpoint: 'x', account: '1' },
      x: 1,
    };
    const options = { transport, aws: { connections } } as unknown as LooseCouplingOptions;
    const refused = compile(LooseCouplingModule.forRoot(options));
    await expect(refused).rejects.toMatchObject({
      faults: expect.arrayContaining([
        expect.stringContaining('aws.connections.billing.account: unknown option'),
        expect.stringContaining('aws.connections.billing.region: expected a region'),
        expect.stringContaining('aws.connections.billing.endpoint: expected an http'),
        expect.stringContaining('aws.connections.billing.roleArn: expected the ARN of a role'),
        expect.stringContaining('aws.connections.billing.externalId: expected a text'),
        expect.stringContaining('aws.connections.x: expected an object'),
        expect.stringContaining('transport.queue: unknown option'),
        expect.stringContaining('transport.prefix: expected letters'),
        expect.stringContaining('transport.eventBus: expected the name or ARN'),
        expect.stringContaining('transport.provision: expected one of'),
        expect.stringContaining('transport.receiver: expected one of'),
        expect.stringContaining('transport.tags.team: expected text'),
        expect.stringContaining('transport.publisher.burst: unknown option'),
        expect.stringContaining('transport.publisher.linger: expected milliseconds'),
        expect.stringContaining('transport.publisher.maxInFlight: expected a whole number'),
        expect.stringContaining('transport.claimCheck.bucket: expected the name of a bucket'),
      ]),
    });
  });

  it('warn when a file is shared by a service without a name', () => {
    const warnings: unknown[] = [];
    const silent = () => undefined;
    const logger = { log: silent, error: silent, warn: (message: unknown) => warnings.push(message) };

    resolveOptions({ transport: { type: 'local', file: 'broker.db' }, logger });
    resolveOptions({ transport: { type: 'local', file: 'broker.db' }, logger, service: 'order' });

    expect(warnings).toEqual([expect.stringContaining('told apart by the option "service"')]);
  });

  it.each([
    ['full', 2],
    ['normal', 1],
    [undefined, 1],
  ] as const)('choose how safe the file of the broker is: %s', async (synchronous, level) => {
    const folder = mkdtempSync(join(tmpdir(), 'lc-options-'));
    const transport = { type: 'local' as const, file: join(folder, 'broker.db'), synchronous };
    const moduleRef = await compile(
      LooseCouplingModule.forRoot({ service: 'order', transport } as LooseCouplingOptions),
    );
    // The setting belongs to the connection, so no other one can see it.
    const opened = moduleRef.get(MessageTransport, { strict: false }) as unknown as {
      broker: { engine: { storage: { database: SqliteDatabase } } };
    };
    const { database } = opened.broker.engine.storage;
    expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: level });
    await moduleRef.close();
    rmSync(folder, { recursive: true });
  });

  it('come from a factory with dependencies, a class, or an existing provider', async () => {
    @Injectable()
    class Config {
      createLooseCouplingOptions = (): LooseCouplingOptions => ({ service: 'configured' });
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    const ways: DynamicModule[] = [
      LooseCouplingModule.forRootAsync({
        imports: [ConfigModule],
        inject: [Config],
        useFactory: (config: Config) => config.createLooseCouplingOptions(),
      }),
      LooseCouplingModule.forRootAsync({ useClass: Config }),
      LooseCouplingModule.forRootAsync({ imports: [ConfigModule], useExisting: Config }),
    ];

    for (const way of ways) {
      const moduleRef = await compile(way);
      expect(moduleRef.get<MessagingOptions>(MESSAGING_OPTIONS, { strict: false }).service).toBe('configured');
    }
    expect(() => LooseCouplingModule.forRootAsync({})).toThrow('exactly one of useFactory, useClass and useExisting');
  });

  it('of features of later versions are refused, and unknown ones named', () => {
    const options = { queues: [class Later {}], services: [], nonsense: 1 };

    expect(() => LooseCouplingModule.forFeature(options as never)).toThrow(
      /queues: not available in this version[^]*nonsense: unknown option/,
    );
    expect(() => LooseCouplingModule.forFeature({ queues: [] } as never)).not.toThrow();
  });

  it('of features take event contracts, whose topics are made at start, and stored events', async () => {
    @EventType('order.placed')
    class OrderWasPlaced {}
    class Unnamed {}
    const events = [defineEvent('shop.order.placed'), OrderWasPlaced];
    const provisioned: string[] = [];
    const { provision } = LocalTransport.prototype;
    const spy = jest.spyOn(LocalTransport.prototype, 'provision').mockImplementation(function (
      this: LocalTransport,
      topology,
    ) {
      provisioned.push(...topology.topics.map(({ name }) => name));
      return provision.call(this, topology);
    });

    await startApp({ imports: [LooseCouplingModule.forFeature({ events })] });

    expect(provisioned).toEqual(['shop.order.placed']);
    spy.mockRestore();
    expect(() => LooseCouplingModule.forFeature({ events: [Unnamed, defineCommand('no.event')] })).toThrow(
      /events\[0\]: expected an event made by defineEvent[^]*events\[1\]: expected/,
    );
  });
});

describe('handlers that do not fit', () => {
  const Placed = defineEvent<unknown>('shop.order.placed');
  const Moved = defineEvent<unknown>('shop.order.moved', { key: () => 'k', ordered: true });
  const Reserve = defineCommand<unknown>('inventory.stock.reserve');

  it('are all named when the application starts', async () => {
    @Injectable()
    class Wrong {
      @OnCommand(Reserve)
      one() {}
      @OnCommand(Reserve)
      two() {}
      @OnEvent(Placed, { queue: 'shared', concurrency: 5 })
      shared() {}
      @OnEvent('other', { queue: 'shared', concurrency: 6 })
      contradicting() {}
      @OnEvent(Placed, { queue: 'shared' })
      again() {}
      @OnEvent(Moved, { queue: 'mixed.fifo' })
      fifo() {}
      @OnEvent(Placed, { queue: 'mixed.fifo' })
      standard() {}
      @OnEvent(Placed, { filter: { total: [{ numeric: ['~', 1] }] } as never, typo: 1 } as never)
      options() {}
      @OnEvent('order.*')
      wildcard() {}
      @OnEvent(undefined as never)
      missing() {}
      @OnEvent(Reserve)
      commandAsEvent() {}
      @OnDeadLetter('orders-dlq')
      deadOfDead() {}
      @OnDeadLetter(Reserve)
      fine() {}
      @OnDeadLetter(defineEvent('never.received'))
      unknown() {}
    }

    const error = (await startApp({ providers: [Wrong] }).catch((reason: unknown) => reason)) as InvalidOptionsError;

    expect(error).toBeInstanceOf(InvalidOptionsError);
    const expected = [
      '@OnCommand on Wrong.two: inventory.stock.reserve on the queue "inventory-stock-reserve" is already handled by app/Wrong.one',
      '@OnEvent on Wrong.shared: concurrency 5 contradicts 6',
      '@OnEvent on Wrong.shared: shop.order.placed on the queue "shared" is already handled by app/Wrong.again',
      '@OnEvent on Wrong.standard: shop.order.placed is not ordered, but the queue "mixed.fifo"',
      '@OnEvent on Wrong.options.typo: unknown option',
      '@OnEvent on Wrong.options.filter: ',
      '@OnEvent on Wrong.wildcard: name: expected',
      '@OnEvent on Wrong.missing: its contract is undefined',
      '@OnEvent on Wrong.commandAsEvent: expected an event',
      '@OnDeadLetter on Wrong.deadOfDead: expected the name of the original queue',
      '@OnDeadLetter on Wrong.unknown: this service receives no never.received',
    ];
    expect(expected.filter((fault) => !error.faults.some((each) => each.includes(fault)))).toEqual([]);
    expect(error.faults.filter((each) => !expected.some((fault) => each.includes(fault)))).toEqual([]);
  });
});

describe('two classes with one name', () => {
  it('are refused when their handlers would share an inbox', async () => {
    const make = () => {
      @Injectable()
      class Reactions {
        @OnEvent('shop.order.placed')
        on() {}
      }
      return Reactions;
    };
    const [First, Second] = [make(), make()];
    @Module({ providers: [First] })
    class Stock {}
    @Module({ providers: [Second] })
    class Archive {}

    await expect(startApp({ imports: [Stock, Archive] })).rejects.toThrow(
      'Reactions.on of Stock and Reactions.on of Archive are two classes with one name',
    );
  });
});
