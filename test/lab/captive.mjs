/** `node captive.mjs PORT`: stands in for the guest listener, and unlike it keeps connections open, as other portals do. */
import { createServer } from 'node:http';

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end('captive\n');
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '::', () => {
  process.stdout.write('ready\n');
});
