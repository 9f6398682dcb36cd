/** A small internet, dual stack: a web server on ports 80 and 8000, and on UDP 9000 a sender that one datagram sets going. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';

const TICKS = 600;

const answer = (request, response) => {
  const path = request.url?.split('?')[0];
  if (path === '/generate_204') {
    response.writeHead(204).end();
  } else if (path === '/slow') {
    response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' });
    let line = 0;
    const timer = setInterval(() => {
      response.write(`tick ${line}\n`);
      line += 1;
      if (line === TICKS) response.end();
    }, 200);
    response.on('close', () => clearInterval(timer));
  } else {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>online</title>online\n');
  }
};

const socket = createSocket({ type: 'udp6', ipv6Only: false });
const running = new Map();
socket.on('message', (_, { address, port }) => {
  const to = `${address} ${port}`;
  clearInterval(running.get(to));
  let count = 0;
  const timer = setInterval(() => {
    socket.send(`tick ${count}\n`, port, address);
    count += 1;
    if (count === TICKS) clearInterval(timer);
  }, 100);
  running.set(to, timer);
});
socket.on('error', () => undefined);

const servers = [80, 8000].map((port) =>
  createServer({ keepAliveTimeout: 60_000 }, answer).listen(port, '::'),
);
await Promise.all([socket.bind(9000, '::'), ...servers].map((one) => once(one, 'listening')));
process.stdout.write('ready\n');
