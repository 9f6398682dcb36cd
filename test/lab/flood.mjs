/**
 * `node flood.mjs URL RATE`: so many requests a second, whatever becomes of them, until a line comes on standard input; at most 500 under
 * way. Prints `begun`, and at the end how many were sent and what came back, by status, as JSON. Plain sockets: this shares its machine
 * with what it tests.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [, , url = '', rate = '2000'] = process.argv;
const { hostname, host, port, pathname } = new URL(url);
const EVERY_MS = 10;
const MOST = 500;
const REQUEST = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
const answers = {};
let sent = 0;
let underWay = 0;

function ask() {
  sent += 1;
  underWay += 1;
  const socket = connect(Number(port || 80), hostname, () => socket.write(REQUEST));
  let answered = false;
  socket.on('data', (data) => {
    if (answered) return;
    answered = true;
    const status = data.subarray(9, 12).toString();
    answers[status] = (answers[status] ?? 0) + 1;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    underWay -= 1;
  });
}

const began = performance.now();
setInterval(() => {
  const due = ((performance.now() - began) / 1000) * Number(rate);
  while (sent < due && underWay < MOST) ask();
}, EVERY_MS);
createInterface({ input: process.stdin }).once('line', () => {
  const ms = Math.round(performance.now() - began);
  process.stdout.write(`${JSON.stringify({ sent, answers, ms })}\n`);
  process.exit();
});
process.stdout.write('begun\n');
