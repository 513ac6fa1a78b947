import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { defineCommand, OnCommand, OnEvent } from 'nestjs-loose-coupling';
import {
  WorkflowCompleted,
  WorkflowFailed,
  WorkflowModule,
  WorkflowOrchestrator,
} from 'nestjs-loose-coupling/workflow';
import { closeApps, startApp } from '../messaging/start-app.js';

jest.setTimeout(60_000);

/** As the source document's orchestrator takes it: every key that it reads, and one that it does not. */
const DOCUMENT = `{
  "description": "order processing",
  "steps": [
    { "name": "validate_order", "service": "order-service", "request": { "order_id": "12345" }, "required": true },
    { "name": "reserve_inventory", "service": "inventory-service", "request": { "items": [{ "sku": "A", "quantity": 2 }] } },
    { "name": "send_notification", "service": "notification-service", "request": {}, "required": false },
    { "service": "order-service" },
    { "name": "validate_order", "service": "order-service", "request": { "order_id": "again" } },
    { "name": "reserve_more", "service": "inventory-service", "request": { "items": [] } }
  ]
}`;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

@Injectable()
class World {
  readonly ends: unknown[] = [];
  readonly reserved: unknown[] = [];

  @OnEvent(WorkflowCompleted)
  completed(end: object) {
    this.ends.push({ type: 'WorkflowCompleted', ...end });
  }

  @OnEvent(WorkflowFailed)
  failed(end: object) {
    this.ends.push({ type: 'WorkflowFailed', ...end });
  }

  @OnCommand(defineCommand('inventory-service.call', { queue: 'inventory' }))
  reserve(request: unknown) {
    this.reserved.push(request);
  }
}

describe("the source document's workflow", () => {
  let server: Server;
  const asked: { readonly path: string | undefined; readonly body: unknown }[] = [];
  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { pathname } = new URL(request.url ?? '', 'http://x');
        asked.push({ path: pathname, body: JSON.parse(Buffer.concat(chunks).toString()) });
        const failed = pathname.startsWith('/notify');
        response.writeHead(failed ? 500 : 200, { 'content-type': 'application/json' }).end('{"valid":true}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await closeApps();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const start = async () => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const app = await startApp({
      providers: [World],
      imports: [WorkflowModule.forRoot()],
      services: [
        {
          name: 'order-service',
          endpointUrl: base,
          timeoutMs: 5_000,
          retry: { maxAttempts: 4, initialDelay: 100, backoff: 'exponential' },
          circuitBreaker: { consecutiveFailures: 5, openDuration: 60_000, halfOpenCalls: 3 },
        },
        { name: 'inventory-service', requestQueue: 'inventory' },
        { name: 'notification-service', endpointUrl: `${base}/notify`, retry: false },
      ],
    });
    return { orchestrator: app.get(WorkflowOrchestrator), world: app.get(World), probe: app.probe };
  };

  it('runs as it is, and its result has the format that it has there', async () => {
    const { orchestrator, world, probe } = await start();
    const result = await orchestrator.execute(JSON.parse(DOCUMENT));
    const step = (step_name: string, service_name: string, outcome: object) => ({
      step_name,
      service_name,
      started_at: expect.stringMatching(ISO),
      completed_at: expect.stringMatching(ISO),
      ...outcome,
    });
    const valid = { success: true, response: { valid: true } };
    expect(result).toEqual({
      workflow_id: expect.any(String),
      workflow: 'workflow',
      status: 'completed',
      started_at: expect.stringMatching(ISO),
      completed_at: expect.stringMatching(ISO),
      duration_ms: expect.any(Number),
      steps: [
        step('validate_order', 'order-service', valid),
        step('reserve_inventory', 'inventory-service', {
          success: true,
          response: {
            status: 'accepted',
            correlation_id: expect.any(String),
            message_id: `${result.workflow_id}/reserve_inventory`,
          },
        }),
        step('send_notification', 'notification-service', {
          success: false,
          error: expect.stringContaining('answered 500'),
        }),
        step('unknown-4', 'order-service', valid),
        step('validate_order-2', 'order-service', valid),
        step('reserve_more', 'inventory-service', {
          success: true,
          response: expect.objectContaining({ status: 'accepted' }),
        }),
      ],
    });
    expect(asked.map(({ body }) => body)).toEqual([{ order_id: '12345' }, {}, {}, { order_id: 'again' }]);
    await probe.consumed(WorkflowCompleted);
    expect(world.reserved).toEqual([{ items: [{ sku: 'A', quantity: 2 }] }, { items: [] }]);
    expect(world.ends).toEqual([
      {
        type: 'WorkflowCompleted',
        workflow_id: result.workflow_id,
        workflow: 'workflow',
        status: 'completed',
        duration_ms: result.duration_ms,
      },
    ]);
  });

  it('publishes WorkflowFailed, unlike there, when a required step fails, as one of a service that is not configured', async () => {
    const { orchestrator, world, probe } = await start();
    const { steps } = JSON.parse(DOCUMENT) as { steps: object[] };
    const result = await orchestrator.execute({
      steps: [...steps.slice(0, 1), { name: 'pay', service: 'payment-service' }, ...steps.slice(1)] as never,
    });
    expect(result).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('payment-service'),
      steps: [{ success: true }, { step_name: 'pay', service_name: 'payment-service', success: false }],
    });
    expect(result.steps).toHaveLength(2);
    await probe.consumed(WorkflowFailed);
    expect(world.ends).toMatchObject([
      { type: 'WorkflowFailed', workflow_id: result.workflow_id, status: 'failed', error: result.error },
    ]);
  });
});
