import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { defineEvent, LooseCouplingModule, MessageBus, OnEvent } from 'nestjs-loose-coupling';
import { EventStore, Outbox, OutgoingMessageFactory } from 'nestjs-loose-coupling/event-sourcing';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

const Stored = defineEvent<{ text: string }>('shop.stored');

@Injectable()
class Listener {
  readonly heard: string[] = [];

  @OnEvent(Stored)
  hear({ text }: { text: string }): void {
    this.heard.push(text);
  }
}

describeOnAws('a service whose events are on DynamoDB', (aws) => {
  const open = async (tablePrefix: string, provision: 'create' | 'validate') => {
    const { endpoint, region, credentials } = aws();
    const module = await Test.createTestingModule({
      imports: [
        LooseCouplingModule.forRoot({
          service: 'writer',
          aws: { endpoint, region, credentials },
          store: { type: 'dynamodb', tablePrefix, provision },
        }),
      ],
      providers: [Listener],
    }).compile();
    return module.createNestApplication().init();
  };

  it('publishes what a commit holds, and finds its events again after a restart', async () => {
    const tablePrefix = `t-${randomUUID()}`;
    const app = await open(tablePrefix, 'create');
    const message = await app.get(OutgoingMessageFactory).create(Stored, { text: 'first' });
    await app.get(EventStore).appendToStream('note-1', [{ type: 'noted', data: { text: 'first' } }], {
      expectedVersion: 'noStream',
      messages: [message],
    });
    await app.get(Outbox).flush();
    await app.get(MessageBus).publish(Stored, { text: 'second' });
    const { heard } = app.get(Listener);
    while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await app.close();
    expect(heard.toSorted()).toEqual(['first', 'second']);

    const again = await open(tablePrefix, 'validate');
    const found: unknown[] = [];
    for await (const { data, version, position } of again.get(EventStore).readStream('note-1')) {
      found.push({ data, version, position });
    }
    expect(found).toEqual([{ data: { text: 'first' }, version: 1, position: 1 }]);
    expect(await again.get(Outbox).pending()).toBe(0);
    await again.close();
  });

  it('says at start that the table is missing', async () => {
    await expect(open(`t-${randomUUID()}`, 'validate')).rejects.toMatchObject({ code: 'LC_EVENT_TABLE' });
  });
});
