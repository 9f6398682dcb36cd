import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { binauthScript } from '../../src/drivers/opennds/rules.js';
import { customOf, hidOf } from '../../src/drivers/opennds/tokens.js';

/** The script of the router, in the shells that routers have. */

const MAC = '02:ab:00:00:00:01' as ClientMac;
const TOKEN = '784bdd45';
const FASKEY = 'faskey-of-the-router/1+x=';
const folder = mkdtempSync(join(tmpdir(), 'foyer-binauth-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const conf = join(folder, 'opennds.conf');
const uci = join(folder, 'uci');
const script = join(folder, 'binauth.sh');
writeFileSync(
  script,
  binauthScript().replaceAll('/etc/opennds/opennds.conf', conf).replaceAll('/etc/config/opennds', uci),
);
chmodSync(script, 0o755);
const legacy = (key = FASKEY) => writeFileSync(conf, `# faskey not-this\nGatewayName x\n  FasKey ${key}\n`);
legacy();

const has = (program: string): boolean =>
  spawnSync(program, ['true'], { stdio: 'ignore' }).error === undefined;
const SHELLS: [string, string[]][] = [
  ['sh', []],
  ['bash', ['--posix']],
  ['busybox', ['sh']],
];

const end = Date.now() + 90_000;
const ends = { until: end, goodUntil: Date.now() + 60_000 };
const good = customOf(MAC, hidOf(TOKEN), ends, FASKEY);

for (const [shell, first] of SHELLS) {
  const skip = has(shell) ? false : `no ${shell} here`;
  const call = (...words: string[]) => {
    const { status, stdout } = spawnSync(shell, [...first, script, ...words], { encoding: 'utf8' });
    return { status, stdout };
  };
  const auth = (mac: string, token: string, custom: string) =>
    call('auth_client', mac, 'http%3a%2f%2fx', 'curl%2f7', '10.0.0.2', token, custom);
  /** Not a word and 0: any other exit code would let the client in. */
  const refused = { status: 0, stdout: '' };

  t.test(`${shell}: a good word gives the seconds that are left`, { skip }, async (t) => {
    const { status, stdout } = auth(MAC, TOKEN, good);
    t.equal(status, 0);
    const left = Number(/^(\d+) 0 0 0 0\n$/.exec(stdout)?.[1]);
    t.ok(left > 30 && left <= 90, stdout);
    t.match(auth(MAC.toUpperCase(), TOKEN, good).stdout, / 0 0 0 0/);
  });

  t.test(
    `${shell}: what is altered, missing, over or another’s is refused without a word`,
    { skip },
    async (t) => {
      const other = (at: number) => good.slice(0, at) + (good[at] === '0' ? '1' : '0') + good.slice(at + 1);
      for (const at of [0, 11, 12, 75, 76, 85, 86, 95, 96, 159])
        t.same(auth(MAC, TOKEN, other(at)), refused, `${at}`);
      t.same(auth('02:ab:00:00:00:02', TOKEN, good), refused, 'another MAC');
      t.same(auth(MAC, '784bdd46', good), refused, 'another token');
      t.same(auth(MAC, TOKEN, ''), refused);
      t.same(auth(MAC, TOKEN, good.slice(1)), refused);
      t.same(auth(MAC, TOKEN, `${good}0`), refused);
      t.same(auth(MAC, TOKEN, good.toUpperCase()), refused);
      t.same(auth(MAC, TOKEN, `${good.slice(0, 150)}$(echo x)`), refused);
      t.same(call('auth_client'), refused);
      const over = customOf(MAC, hidOf(TOKEN), { ...ends, until: Date.now() - 1000 }, FASKEY);
      t.same(auth(MAC, TOKEN, over), refused, 'over');
      const old = customOf(MAC, hidOf(TOKEN), { ...ends, goodUntil: Date.now() - 2000 }, FASKEY);
      t.same(auth(MAC, TOKEN, old), refused, 'a word that was not used in time');
      t.same(auth(MAC, TOKEN, customOf(MAC, hidOf(TOKEN), ends, 'other-key')), refused, 'another key');
      legacy('');
      t.same(auth(MAC, TOKEN, good), refused, 'no key on the router');
      legacy();
    },
  );

  t.test(`${shell}: where it cannot compute it refuses`, { skip }, async (t) => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    for (const name of ['sha256sum', 'date']) {
      writeFileSync(join(bin, name), '#!/bin/sh\nexit 1\n');
      chmodSync(join(bin, name), 0o755);
    }
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const path = spawnSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).stdout.trim();
    const words = ['auth_client', MAC, 'x', 'x', '10.0.0.2', TOKEN, good];
    const { status, stdout } = spawnSync(path, [...first, script, ...words], { encoding: 'utf8', env });
    // busybox has its own sha256sum and date, whatever stands in the way.
    if (shell !== 'busybox') t.same({ status, stdout }, refused);
    t.equal(status, 0);
  });

  t.test(`${shell}: every other call is left alone`, { skip }, async (t) => {
    for (const method of [
      'client_auth',
      'client_deauth',
      'timeout_deauth',
      'ndsctl_auth',
      'shutdown_deauth',
      '',
    ])
      t.same(call(method, MAC, '0', '0', '1', '2', TOKEN, good), refused, method);
  });

  t.test(`${shell}: the key is found in a newer router’s file too`, { skip }, async (t) => {
    t.teardown(() => rmSync(uci, { force: true }));
    writeFileSync(uci, `config opennds\n\toption enabled '1'\n\toption faskey '${FASKEY}'\n`);
    if (has('uci')) return t.pass('uci itself is asked here');
    t.match(auth(MAC, TOKEN, good).stdout, / 0 0 0 0\n$/);
  });
}
