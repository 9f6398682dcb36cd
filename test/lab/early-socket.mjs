/**
 * `node early-socket.mjs HOST`: opens two connections to HOST port 80 and sends nothing, as a browser does ahead of need. A line on
 * standard input sends a request on each; prints the status line that comes back, or the error.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [, , host = ''] = process.argv;
const sockets = [1, 2].map(() => connect(80, host));
let open = 0;

for (const socket of sockets) {
  let said = false;
  const say = (text) => {
    if (!said) process.stdout.write(`answer ${text}\n`);
    said = true;
  };
  socket.on('connect', () => {
    open += 1;
    if (open === sockets.length) process.stdout.write('open\n');
  });
  socket.setTimeout(5000, () => {
    say('ETIMEDOUT');
    socket.destroy();
  });
  socket.on('data', (data) => say(data.toString().split('\r\n')[0]));
  socket.on('error', ({ code }) => say(code));
  socket.on('close', () => say('closed'));
}

createInterface({ input: process.stdin }).on('line', () => {
  for (const socket of sockets) socket.write(`GET /generate_204 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
});
