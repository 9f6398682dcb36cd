/** `node udp-refused.mjs ADDRESS`: one datagram to ADDRESS port 9000; prints `refused <why>`, `answered`, or after 2 s `nothing`. */
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

const [, , address = ''] = process.argv;
const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
const say = (text) => {
  process.stdout.write(`${text}\n`);
  process.exit();
};
// Only a connected socket hears of a refusal.
socket.connect(9000, address, () => socket.send('start'));
socket.on('error', ({ code }) => say(`refused ${code}`));
socket.on('message', () => say('answered'));
setTimeout(() => say('nothing'), 2000);
