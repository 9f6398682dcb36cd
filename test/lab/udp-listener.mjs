/** `node udp-listener.mjs ADDRESS`: sends one datagram to ADDRESS port 9000 and prints what comes back. */
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

const [, , address = ''] = process.argv;
const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
socket.on('message', (message) => {
  process.stdout.write(message.toString());
});
// A refused datagram may come back as an error; the other side's are what is waited for.
socket.on('error', () => undefined);
socket.send('start', 9000, address);
