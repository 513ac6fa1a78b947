import type { Dispatcher } from 'undici';
import type { HttpAnswer, HttpHeaders, HttpRequest } from './http-port.js';

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Reason why undici is made to drop a connection whose answer nobody reads to its end. */
const ENOUGH = new Error('enough was read');

/**
 * Collects one answer. Undici's own `request` gives a stream for each; answers here are JSON of a limited size, which need none.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  private controller: Controller | undefined;
  private status = 0;
  private headers: HttpHeaders = {};
  private chunks: Buffer[] = [];
  private bytes = 0;
  private settled = false;

  constructor(
    private readonly request: HttpRequest,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (reason: unknown) => void,
  ) {
    request.signal.addEventListener('abort', this.abort, { once: true });
  }

  /** It had waited for a connection; again, when that one had died before anything was sent. */
  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.settled) controller.abort(ENOUGH);
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    if (Number(headers['content-length'] ?? 0) > this.request.maxBytes) this.tooLong();
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.bytes += chunk.byteLength;
    if (this.bytes > this.request.maxBytes) this.tooLong();
    else if (!this.settled) this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.chunks;
    const body = this.chunks.length > 1 || !first ? Buffer.concat(this.chunks) : first;
    this.answer(body.toString('utf8'), false);
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.settle(() => this.reject(error));
  }

  private tooLong(): void {
    this.answer('', true);
    this.controller?.abort(ENOUGH);
  }

  private answer(body: string, tooLong: boolean): void {
    this.settle(() => this.resolve({ status: this.status, headers: this.headers, body, tooLong }));
  }

  private readonly abort = (): void => {
    const { reason } = this.request.signal as { reason: unknown };
    this.settle(() => this.reject(reason));
    this.controller?.abort(ENOUGH);
  };

  private settle(end: () => void): void {
    if (this.settled) return;
    this.settled = true;
    this.chunks = [];
    this.request.signal.removeEventListener('abort', this.abort);
    end();
  }
}
