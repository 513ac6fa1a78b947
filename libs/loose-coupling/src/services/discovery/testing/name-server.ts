import { createSocket } from 'node:dgram';

const TYPES = { A: 1, SRV: 33 };
const label = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);
const numbers = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));

/** Data of an SRV record; an empty name is the root, which says that there is no such service. */
export const srv = (priority: number, port: number, name: string, weight = 1): Buffer =>
  Buffer.concat([numbers(priority, weight, port), name === '' ? Buffer.from([0]) : label(name)]);

export interface NameServer {
  /** For the options of DNS discovery. */
  readonly servers: readonly string[];
  readonly hostname: string;
  asked(): number;
  close(): void;
}

/** A name server (RFC 1035) that gives every question the same answer. */
export async function serveNames(
  type: keyof typeof TYPES,
  ttl: number,
  answers: readonly Buffer[],
): Promise<NameServer> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (query, { port, address }) => {
    asked += 1;
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const head = Buffer.concat([query.subarray(0, 2), numbers(0x8180, 1, answers.length, 0, 0), question]);
    const records = answers.map((data) => Buffer.concat([numbers(0xc00c, TYPES[type], 1, 0, ttl, data.length), data]));
    socket.send(Buffer.concat([head, ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    servers: [`127.0.0.1:${socket.address().port}`],
    hostname: 'stock.internal',
    asked: () => asked,
    close: () => socket.close(),
  };
}
