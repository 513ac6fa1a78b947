import type { Agent } from 'undici';
import { ClosedError } from '../../kernel/index.js';
import type { HttpAnswer, HttpPort, HttpRequest } from './http-port.js';
import { HttpExchange } from './http-exchange.js';
import { loadUndici } from './undici.loader.cjs';

/** Connections to one endpoint, unless the service's `maxConnections` says otherwise. */
const MAX_CONNECTIONS = 128;

/** Over undici's pool: connections stay open, and requests wait for one when there are as many as there may be. */
export class UndiciHttp implements HttpPort {
  private agent: Agent | undefined;
  private closed = false;

  constructor(
    private readonly service: string,
    private readonly maxConnections = MAX_CONNECTIONS,
  ) {}

  send(request: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new ClosedError(`The client of "${this.service}"`);
      request.signal.throwIfAborted();
      const { method, url, headers, body = null } = request;
      const start = pathStart(url);
      const options = { origin: url.slice(0, start), path: url.slice(start), method, headers, body };
      this.open().dispatch(options as never, new HttpExchange(request, resolve, reject));
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.agent?.destroy(new ClosedError(`The client of "${this.service}"`));
  }

  private open(): Agent {
    const { Agent: UndiciAgent } = loadUndici();
    return (this.agent ??= new UndiciAgent({ connections: this.maxConnections, pipelining: 1 }));
  }
}

/** Where the path begins: `https://host:1/path` → 14. */
function pathStart(url: string): number {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return start < 0 ? url.length : start;
}
