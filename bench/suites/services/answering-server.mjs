/** The service that is asked, in a process of its own: the clients shall not share their event loop with it. Ends with its parent. */
import { createServer } from 'node:http';

const body = JSON.stringify({ sku: 'A-1', available: 3 });
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
