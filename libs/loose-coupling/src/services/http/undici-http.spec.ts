import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { HttpRequest } from './http-port.js';
import { UndiciHttp } from './undici-http.js';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(answer: Answer, maxConnections?: number) {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((request, response) => answer(request, response, ++count));
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = new UndiciHttp('stock', maxConnections);
  closing.push(async () => {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const get = (path: string, more: Partial<HttpRequest> = {}) =>
    http.send({ method: 'GET', url: base + path, headers: {}, maxBytes: 1_000, signal, ...more });
  return { http, get, sockets, base };
}

describe('HTTP over undici', () => {
  it('keeps a connection for the requests after it', async () => {
    const { get, sockets } = await open((request, response) => response.end(request.url), 1);
    for (const path of ['/a', '/b?c=d', '/e']) expect((await get(path)).body).toBe(path);
    expect(sockets.size).toBe(1);
  });

  it('gives status, headers and body in whatever pieces they come', async () => {
    const { get } = await open((_, response) => {
      response.writeHead(418, { 'X-Kind': 'pot', 'set-cookie': ['a=1', 'b=2'] });
      for (const byte of Buffer.from('"füße"')) response.write(Buffer.from([byte]));
      response.end();
    });
    const { status, headers, body, tooLong } = await get('/');
    expect({ status, body, tooLong }).toEqual({ status: 418, body: '"füße"', tooLong: false });
    expect(headers).toMatchObject({ 'x-kind': 'pot', 'set-cookie': ['a=1', 'b=2'] });
  });

  it('lets requests wait when there are as many connections as there may be', async () => {
    let held: ServerResponse[] = [];
    const { get, sockets } = await open((_, response) => {
      held.push(response);
      // Those behind them come on the connections of those before.
      if (held.length === 2) for (const each of held.splice(0)) each.end('done');
    }, 2);
    const answers = await Promise.all(['/1', '/2', '/3', '/4'].map((path) => get(path)));
    expect(answers.map(({ body }) => body)).toEqual(['done', 'done', 'done', 'done']);
    expect(sockets.size).toBe(2);
    held = [];
  });

  it('gives a request up where it is: under way, waiting for a connection, or not begun', async () => {
    const arrived: string[] = [];
    const first = new AbortController();
    const { get } = await open((request) => {
      arrived.push(request.url ?? '');
      first.abort(new Error('enough'));
    }, 1);
    const second = new AbortController();
    const underWay = get('/under-way', { signal: first.signal });
    const waiting = get('/waiting', { signal: second.signal });
    second.abort(new Error('sooner'));
    await expect(waiting).rejects.toThrow('sooner');
    await expect(underWay).rejects.toThrow('enough');
    await expect(get('/late', { signal: second.signal })).rejects.toThrow('sooner');
    expect(arrived).toEqual(['/under-way']);
  });

  it.each([
    ['says so beforehand', { 'content-length': '1001' }],
    ['does not say so', {}],
  ])('reads no answer that is too long and %s', async (_, headers) => {
    const { get } = await open((request, response) => {
      if (request.url === '/short') return response.end('x'.repeat(1_000));
      return response.writeHead(200, headers).end('x'.repeat(1_001));
    });
    expect(await get('/long')).toMatchObject({ status: 200, tooLong: true, body: '' });
    expect((await get('/short')).body).toHaveLength(1_000);
  });

  it('follows no redirect', async () => {
    const { get } = await open((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect(await get('/')).toMatchObject({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
  });

  it('says what is wrong with a connection', async () => {
    const { get, http } = await open((_, response) => response.socket?.destroy());
    await expect(get('/')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    const { signal } = new AbortController();
    const nowhere = { method: 'GET', headers: {}, maxBytes: 1, signal };
    await expect(http.send({ ...nowhere, url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(http.send({ ...nowhere, url: 'nonsense' })).rejects.toMatchObject({ code: 'ERR_INVALID_URL' });
  });

  it('ends what is under way when it is closed, and takes nothing more', async () => {
    const { get, http } = await open(() => void http.close());
    await expect(get('/')).rejects.toMatchObject({ code: 'LC_CLOSED' });
    await expect(get('/')).rejects.toMatchObject({ code: 'LC_CLOSED' });
  });
});
