/** Closes a server while requests wait behind every kind of policy, and must end by itself. Prints what became of them. */
import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { defineCommand, LooseCouplingModule, MessageBus, OnCommand } from '../../../libs/loose-coupling/src/index.js';
import {
  Bulkhead,
  CircuitBreaker,
  currentAttempt,
  RateLimit,
  Retry,
  Timeout,
} from '../../../libs/loose-coupling/src/resilience/index.js';

const Ship = defineCommand<{ id: string }>('shop.ship');
const HOUR = 3_600_000;
const seen = { waiting: 0, shipped: 0, stopped: [] as string[] };

@Controller()
class Waits {
  @Get('backoff')
  @Retry({ maxAttempts: 2, initialDelay: HOUR, maxDelay: HOUR, jitter: 'none' })
  async backoff(): Promise<string> {
    seen.waiting += 1;
    throw new Error('not this time');
  }

  @Get('queue')
  @Timeout(HOUR)
  @Bulkhead({ maxConcurrent: 1, maxQueue: 1 })
  queue(): Promise<string> {
    return untilReleased();
  }

  @Get('rate')
  @RateLimit({ limit: 1, interval: HOUR, maxWait: HOUR })
  async rate(): Promise<string> {
    return 'at once';
  }

  /** Work that listens to its signal is not stopped while the server waits for it. */
  @Get('work')
  @CircuitBreaker({ consecutiveFailures: 5 })
  @Timeout(HOUR)
  work(): Promise<string> {
    return untilReleased();
  }
}

class Background {
  /** Nobody waits for it, and it would never end. */
  @Timeout(HOUR)
  async endless(): Promise<void> {
    seen.waiting += 1;
    const signal = currentAttempt()?.signal;
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    const reason = signal?.reason as { code: string } | undefined;
    seen.stopped.push(String(reason?.code));
  }
}

const releases: (() => void)[] = [];

function untilReleased(): Promise<string> {
  seen.waiting += 1;
  const signal = currentAttempt()?.signal;
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
    releases.push(() => resolve('done'));
  });
}

class Handlers {
  private attempts = 0;

  /** Draining comes first: the handler's own retry still takes place. */
  @OnCommand(Ship)
  @Retry({ maxAttempts: 2, initialDelay: 100, jitter: 'none' })
  async ship(): Promise<void> {
    this.attempts += 1;
    seen.waiting += 1;
    if (this.attempts === 1) throw new Error('not yet');
    seen.shipped += 1;
  }
}

@Module({
  imports: [LooseCouplingModule.forRoot({ logger: false })],
  controllers: [Waits],
  providers: [Handlers, Background],
})
class AppModule {}

async function main() {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const ask = async (path: string) => {
    const response = await fetch(`${url}/${path}`);
    const text = await response.text();
    return `${path} ${response.status} ${text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : text}`;
  };
  await ask('rate');
  // Answered only when the server is closing: a connection that is kept alive would hold it up, whoever answers.
  const hold = (path: string) =>
    new Promise<string>((resolve) => {
      get(`${url}/${path}`, { agent: false }, (response) => resolve(`${path} ${response.resume().statusCode}`));
    });
  const held = ['queue', 'work'].map(hold);
  void app.get(Background).endless();
  while (seen.waiting < 3) await new Promise((resolve) => setImmediate(resolve));
  const asked = ['backoff', 'queue', 'rate'].map(ask);
  await app.get(MessageBus).send(Ship, { id: '1' });
  while (seen.waiting < 5) await new Promise((resolve) => setImmediate(resolve));
  // The requests for the queue and the rate have nothing that could say they wait.
  await new Promise((resolve) => setTimeout(resolve, 100));

  const closingAt = performance.now();
  const closing = app.close();
  const answers = await Promise.all(asked);
  const stoppedEarly = seen.stopped.length;
  for (const release of releases) release();
  answers.push(...(await Promise.all(held)));
  await closing;
  const closed = performance.now() - closingAt;
  process.on('exit', () => {
    const { shipped, stopped } = seen;
    const exited = performance.now() - closingAt;
    writeSync(1, JSON.stringify({ answers, shipped, stoppedEarly, stopped, closed, exited }));
  });
}

void main();
