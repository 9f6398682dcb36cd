/**
 * `node keep-alive.mjs HOST`: one connection to HOST port 80, kept open; each line on standard input sends a request on it, as
 * a browser does on a socket that it opened before. Prints the answer's last line, or the error, and then connects anew.
 */
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';

const [, , host = ''] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

createInterface({ input: process.stdin }).on('line', () => {
  const request = get({ host, path: '/', agent, timeout: 3000 }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    response.on('end', () => {
      const kind = request.reusedSocket ? 'reused' : 'new';
      process.stdout.write(`${kind} ${body.trim().split('\n').at(-1)}\n`);
    });
  });
  request.on('timeout', () => request.destroy(new Error('ETIMEDOUT')));
  request.on('error', (error) => process.stdout.write(`error ${error.code ?? error.message}\n`));
});
