import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** Stands before an endpoint of DynamoDB, loses replies after the request has had its effect, and leaves keys over. */
export class UnreliableProxy {
  /** Asked for each request, e.g. `PutItem`. */
  loses: (operation: string) => boolean = () => false;
  /** How many of the next batched reads find no key in time. */
  throttled = 0;
  private readonly server: Server;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.server = createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const operation = String(headers['x-amz-target']).split('.').at(-1) as string;
      if (operation === 'BatchGetItem' && this.throttled > 0) {
        this.throttled -= 1;
        void json(incoming).then((body) => {
          const { RequestItems } = body as { RequestItems: unknown };
          outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
          outgoing.end(JSON.stringify({ Responses: {}, UnprocessedKeys: RequestItems }));
        });
        return;
      }
      const forwarded = request({ hostname, port, method, path, headers }, (answer) => {
        if (this.loses(operation)) {
          answer.resume().once('end', () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.once('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
