import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsClients } from './aws-clients.js';

interface Received {
  readonly key: string;
  readonly accessKeyId: string;
}

describe('The client of DynamoDB, whose middleware is put together once', () => {
  let server: Server;
  const received: Received[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { Key } = JSON.parse(body) as { Key: { pk: { S: string } } };
        const accessKeyId = /Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        received.push({ key: Key.pk.S, accessKeyId });
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        response.end(JSON.stringify({ Item: Key }));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(() => server.close());

  it('keeps requests apart that are made at once, and signs each with the credentials of its time', async () => {
    let accessKeyId = 'first';
    const { port } = server.address() as AddressInfo;
    const clients = new AwsClients({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      // Expired at once, so they are asked for each time.
      credentials: async () => ({ accessKeyId, secretAccessKey: 'secret', expiration: new Date(0) }),
    });
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    const getAll = () =>
      Promise.all(
        keys.map(async (pk) => {
          const { Item } = await clients.dynamoDb().getItem({ TableName: 'events', Key: { pk: { S: pk } } });
          return Item?.['pk']?.S;
        }),
      );
    expect(await getAll()).toEqual(keys);
    accessKeyId = 'second';
    expect(await getAll()).toEqual(keys);
    clients.close();
    const signedBy = (id: string) => received.filter((request) => request.accessKeyId === id).map(({ key }) => key);
    expect(signedBy('first').toSorted()).toEqual(keys.toSorted());
    expect(signedBy('second').toSorted()).toEqual(keys.toSorted());
  });
});
