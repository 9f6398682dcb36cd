import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMac } from '../../src/domain/mac.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Chilli, type ChilliDevice, dashed } from './chilli.js';

/** The control program of an emulated chilli: a real one, that asks over a socket and prints what is answered, as in 1.9. */

/** How long a program is waited for here: to start one takes its time where many tests run. */
export const PROGRAM_MS = 2000;

const stateOf = ({ passes }: ChilliDevice): string => (passes ? 'pass' : 'dnat');

const SCRIPT = (port: number): string => `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 1
printf '%s\\n' "$*" >&3
while IFS= read -r line <&3 || [ -n "$line" ]; do printf '%s\\n' "$line"; done
`;

export async function startChilliQuery(t: Teardown, chilli: Chilli, now: () => number) {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-chilli-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'chilli_query');
  const asked: string[] = [];
  let slow = false;
  let garbage = false;
  let empty = false;
  let server: Server;
  let port = 0;

  function row(device: ChilliDevice): string {
    const { mac, ip, session, passes, username, most, octets, upBits, downBits, userurl, start } = device;
    const elapsed = passes ? Math.floor((now() - start) / 1000) : 0;
    return [
      ...[dashed(mac), ip, stateOf(device), session, passes ? 1 : 0, username || '-'],
      ...[`${elapsed}/${most}`, '0/0', '0/0', '0/0', octets, 0, `0%/${upBits}`, `0%/${downBits}`],
      // As the visitor sent it, decoded: also with line feeds.
      userurl || '-',
    ].join(' ');
  }

  function found(words: Map<string, string>): ChilliDevice | undefined {
    const [mac, ip] = [words.get('mac'), words.get('ip')];
    if (ip !== undefined) return [...chilli.devices.values()].find((device) => device.ip === ip);
    const parsed = parseMac(mac ?? '');
    return parsed && chilli.devices.get(parsed);
  }

  function answer(line: string): string {
    const [command = '', ...rest] = line.split(' ');
    const words = new Map<string, string>();
    for (let n = 0; n + 1 < rest.length; n += 2) words.set(rest[n] as string, rest[n + 1] as string);
    chilli.look();
    const device = found(words);
    const all = [...chilli.devices.values()];
    const rows = (list: ChilliDevice[], write: (device: ChilliDevice) => string): string =>
      list.map((device) => `${write(device)}\n`).join('');
    switch (command) {
      case 'list':
        if (empty && words.size === 0) return '';
        return rows(words.size > 0 ? (device ? [device] : []) : all, row);
      case 'dhcp-list':
        return rows(
          empty ? [] : all,
          (device) => `${dashed(device.mac)} ${device.ip} ${stateOf(device)} 3/600`,
        );
      case 'logout':
        if (device) chilli.stop(device, 6);
        return '';
      case 'authorize':
      case 'update': {
        // Nothing is said of a client that is not there.
        if (!device) return '';
        device.most = Number(words.get('sessiontimeout') ?? 0);
        device.upBits = Number(words.get('maxbwup') ?? 0);
        device.downBits = Number(words.get('maxbwdown') ?? 0);
        device.octets = BigInt(words.get('maxoctets') ?? 0);
        device.username = words.get('username') ?? device.username;
        if (command === 'authorize') chilli.start(device);
        return '';
      }
      default:
        return '';
    }
  }

  async function up(): Promise<void> {
    server = createServer((socket) => {
      let text = '';
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const end = text.indexOf('\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = '';
        asked.push(line);
        const reply = garbage ? '<html>Starting up\n{"meta":\n' : answer(line);
        setTimeout(() => socket.end(reply), slow ? 3 * PROGRAM_MS : 0).unref();
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    writeFileSync(path, SCRIPT(port));
    chmodSync(path, 0o755);
  }

  const down = (): Promise<void> =>
    new Promise((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });

  await up();
  t.teardown(down);

  const misbehaviour: Misbehaviour = {
    ...chilli.misbehaviour,
    up,
    down,
    slow: (on) => {
      slow = on;
    },
    garbage: (on) => {
      garbage = on;
    },
    emptyList: (on) => {
      empty = on;
    },
    calls: () => asked.length,
  };
  return { path, asked, misbehaviour };
}
