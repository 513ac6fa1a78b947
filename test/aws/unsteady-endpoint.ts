import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Passes calls on to another endpoint, while it is up; while it is down, it breaks every connection. */
export class UnsteadyEndpoint {
  private up = true;
  /** Calls that found it down. */
  refused = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {
    server.on('request', (call: IncomingMessage, answer: ServerResponse) => this.pass(call, answer));
  }

  static async before(target: string): Promise<UnsteadyEndpoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new UnsteadyEndpoint(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  goDown(): void {
    this.up = false;
    this.server.closeAllConnections();
  }

  comeBack(): void {
    this.up = true;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(call: IncomingMessage, answer: ServerResponse): void {
    if (!this.up) {
      this.refused += 1;
      call.socket.destroy();
      return;
    }
    const { method, url = '/', headers } = call;
    const onward = request(new URL(url, this.target), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    call.pipe(onward);
  }
}
