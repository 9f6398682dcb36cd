/**
 * `node flood.mjs HOST RATE SECONDS`: so many probes a second to HOST port 80, whatever becomes of them; at most 500 under way. Prints
 * `begun`, and at the end what came of them as JSON. Plain sockets: this shares its machine with what it tests.
 */
import { connect } from 'node:net';

const [, , host = '', rate = '2000', seconds = '3'] = process.argv;
const EVERY_MS = 10;
const MOST = 500;
const PROBE = `GET /generate_204 HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\n`;
const counts = { sent: 0, redirected: 0, other: 0, failed: 0 };
let underWay = 0;

function probe() {
  counts.sent += 1;
  underWay += 1;
  const socket = connect(80, host, () => socket.write(PROBE));
  let answered = false;
  socket.on('data', (data) => {
    if (!answered) counts[data.subarray(9, 12).toString() === '302' ? 'redirected' : 'other'] += 1;
    answered = true;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    underWay -= 1;
    if (!answered) counts.failed += 1;
  });
}

const began = performance.now();
const total = Number(rate) * Number(seconds);
process.stdout.write('begun\n');
const timer = setInterval(() => {
  const due = Math.min(total, ((performance.now() - began) / 1000) * Number(rate));
  while (counts.sent < due && underWay < MOST) probe();
  const over = performance.now() - began > Number(seconds) * 1000;
  if (counts.sent < total && !over) return;
  clearInterval(timer);
  const ms = Math.round(performance.now() - began);
  process.stdout.write(`${JSON.stringify({ ...counts, ms })}\n`);
  process.exit();
}, EVERY_MS);
