import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { CONFIG_TABLE } from '../../src/config-table.js';
import {
  type Box,
  bootstrap,
  bringNpm,
  copyRoot,
  ENGINE_CAPS,
  familyOf,
  inRoot,
  startBox,
} from '../fixtures/debian.js';
import { allowedBy, carryOut, copied, type Image, parseDockerfile } from '../fixtures/dockerfile.js';
import { noLab, until } from '../lab/network.js';

/** The Dockerfile's steps, and the set-up of a bare machine, in Debian systems made by mmdebstrap. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (name: string): string => readFileSync(join(root, name), 'utf8');
const stages = parseDockerfile(text('Dockerfile'));
const allowed = allowedBy(text('.dockerignore'));
const release = /^debian:([a-z]+)-slim$/.exec(stages[0]?.from ?? '')?.[1] ?? '';

/** Bit 12, as /proc shows it. */
const NET_ADMIN = '0000000000001000';
const NONE = '0000000000000000';
const STOP_MS = 5000;

t.test('the Dockerfile copies what is there and what the program needs, and nothing else', async (t) => {
  t.match(release, /^[a-z]+$/);
  t.ok(stages.every(({ from }) => from === stages[0]?.from));
  for (const { word, rest } of stages.flatMap(({ steps }) => steps)) {
    if (word !== 'COPY') continue;
    const { sources, from } = copied(rest);
    if (from !== undefined)
      t.ok(
        stages.some(({ name }) => name === from),
        from,
      );
    else
      for (const source of sources) t.ok(existsSync(join(root, source)) && allowed.includes(source), source);
  }
  for (const name of ['.git', 'data', 'test', 'node_modules', 'dist']) t.notOk(allowed.includes(name), name);
  const runs = stages.flatMap(({ steps }) => steps).filter(({ word }) => word === 'RUN');
  for (const { rest } of runs) t.match(rest, /^sh scripts\/install-debian\.sh /);
});

t.test('the compose file and the entrypoint name variables, ports and secrets that exist', async (t) => {
  const names = Object.values(CONFIG_TABLE).map(({ name }) => name);
  const compose = text('scripts/compose.yaml');
  const set = [...compose.matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name = '']) => name);
  const read = [...text('scripts/as-foyer.sh').matchAll(/^for name in ([A-Z_ ]+);/gm)].flatMap(
    ([, all = '']) => all.split(' '),
  );
  t.ok(set.length >= 6 && read.length >= 7);
  for (const name of [...set, ...read]) t.ok(names.includes(name), name);
  const exposed = stages.flatMap(({ steps }) => steps).find(({ word }) => word === 'EXPOSE')?.rest ?? '';
  const published = [...compose.matchAll(/^ {6}- "(?:[\d.]+:)?\d+:(\d+)"$/gm)].map(([, port = '']) => port);
  t.strictSame(published.sort(), exposed.split(' ').sort());
  for (const [, secret = ''] of compose.matchAll(/\/run\/secrets\/(\w+)/g))
    t.match(compose, new RegExp(`^ {2}${secret}:\n {4}file: `, 'm'));
});

if (noLab) {
  t.test('Debian systems', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(280_000);
  const PREFIX = 'foyer-box-';
  // What a run left that was ended before it could tidy up; nothing is mounted there outside of its own processes.
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(PREFIX) && !existsSync(`/proc/${name.split('-')[2]}`))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [buildRoot, imageRoot] = [join(folder, 'build'), join(folder, 'image')];
  let image: Image;

  const timed = async <T>(t: Test, what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const done = await work();
    t.comment(`measured: ${what} ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return done;
  };

  t.test('every step of the Dockerfile is carried out in a smallest Debian', async (t) => {
    const [build, final] = stages;
    if (!build || !final || stages.length !== 2) throw new Error('two stages are expected');
    await timed(t, 'smallest Debian', () => bootstrap(release, imageRoot));
    await copyRoot(imageRoot, buildRoot);
    if (!(await bringNpm(buildRoot))) t.comment('npm is Debian’s');
    const context = { folder: root, allowed };
    await timed(t, 'stage that builds', () => carryOut(build, buildRoot, context));
    image = await timed(t, 'stage that runs', () =>
      carryOut(final, imageRoot, context, { [build.name]: buildRoot }),
    );
    t.strictSame(readdirSync(join(imageRoot, image.folder)).sort(), [
      'dist',
      'node_modules',
      'package.json',
      'public',
      'scripts',
      'views',
    ]);
    for (const name of ['typescript', 'tap', '@biomejs'])
      t.notOk(existsSync(join(imageRoot, image.folder, 'node_modules', name)), name);
    t.notOk(existsSync(join(imageRoot, 'usr/bin/npm')), 'what only builds is not in it');
    t.strictSame(image.ports, ['8080', '8443', '8081', '8082']);
    const size = execFileSync('du', ['-sm', imageRoot], { encoding: 'utf8' }).split('\t')[0];
    t.comment(`measured: system of the image ${size} MB`);
  });

  const volumeOf = (t: Test): string => {
    const volume = mkdtempSync(join(folder, 'volume-'));
    t.teardown(() => rmSync(volume, { recursive: true, force: true, maxRetries: 5 }));
    return volume;
  };

  const start = async (
    t: Test,
    volume: string,
    options: {
      caps?: string[];
      env?: Record<string, string>;
      before?: string;
      volumes?: Record<string, string>;
    } = {},
  ): Promise<Box> => {
    const box = await startBox(t, {
      root: image.root,
      folder: image.folder,
      command: [...image.entrypoint, ...image.command],
      env: { ...image.env, ...options.env },
      caps: [...ENGINE_CAPS, ...(options.caps ?? [])],
      volumes: { [image.volumes[0] ?? '']: volume, ...options.volumes },
      ...(options.before ? { before: options.before } : {}),
    });
    await box.says('Foyer is up');
    return box;
  };

  /** Every process of the container is foyer's and has just these capabilities. */
  const onlyHas = async (t: Test, box: Box, caps: string): Promise<void> => {
    const uid = (await box.exec('id', '-u', 'foyer')).stdout.trim();
    const family = familyOf(box.pid);
    t.ok(family.length >= 2, 'Foyer and its Redis');
    for (const pid of family) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      t.match(status, new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s`, 'm'));
      for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        t.match(status, new RegExp(`^${set}:\\s+${caps}$`, 'm'));
      t.match(status, /^NoNewPrivs:\s+1$/m);
    }
  };

  const field = (html: string, name: string): string =>
    new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1] ?? '';

  t.test('a plain container shows the portal, takes the PIN of the demo, and keeps its data', async (t) => {
    const volume = volumeOf(t);
    const box = await start(t, volume);
    await onlyHas(t, box, NONE);
    t.match(await box.exec(...image.health), { code: 0, stderr: '' });

    // What is printed and what is logged come by two pipes.
    await box.says('Demo PIN: ');
    const [, portal = ''] = /^Portal: (.*)$/m.exec(box.stdout()) ?? [];
    const [, pin = ''] = /^Demo PIN: (.*)$/m.exec(box.stdout()) ?? [];
    const page = (await box.outside('curl', '-sSL', portal)).stdout;
    t.match(page, /data-state="pin"/);
    const hidden = [...page.matchAll(/<input type="hidden" name="([^"]*)"/g)].map(([, name = '']) => name);
    const fields = [...hidden.map((name) => `${name}=${field(page, name)}`), `pin=${pin}`];
    const data = fields.flatMap((one) => ['--data-urlencode', one]);
    const answer = await box.outside('curl', '-sSL', ...data, new URL('/pin', portal).href);
    t.match(answer.stdout, /data-state="connected"/);

    const added = await box.exec(
      'foyer',
      'visit',
      'add',
      '--name',
      'Ada Lovelace',
      '--arrives',
      '2026-01-01T09:00Z',
      '--json',
    );
    t.match(added, { code: 0, stderr: '' });
    const { code, ms } = await box.stop();
    t.equal(code, 0);
    t.ok(ms < STOP_MS, `${ms}`);

    const again = await start(t, volume);
    t.match((await again.exec('foyer', 'visit', 'list')).stdout, /Ada Lovelace/);
    t.equal((await again.stop()).code, 0);
  });

  t.test('with CAP_NET_ADMIN a container is a router, and has no other right', async (t) => {
    const before =
      'ip link add br-guests type bridge; ip addr add 10.77.0.1/24 dev br-guests; ip link set br-guests up; echo 1 >/proc/sys/net/ipv4/ip_forward';
    const box = await start(t, volumeOf(t), { caps: ['net_admin'], before });
    await onlyHas(t, box, NET_ADMIN);
    const set = await box.exec(
      'foyer',
      'gateway',
      'set',
      'lobby',
      '--kind',
      'nftables',
      'interface=br-guests',
    );
    t.match(set, { code: 0, stderr: '' });
    const tested = await box.exec('foyer', 'gateway', 'test', 'lobby', '--json');
    t.match(tested, { code: 0, stderr: '' });
    await until('the table is there', async () =>
      (await box.exec('nft', 'list', 'table', 'inet', 'foyer')).stdout.includes('set allowed_lobby'),
    );
    t.match(await box.exec(...image.health), { code: 0, stderr: '' });
    const { code, ms } = await box.stop();
    t.equal(code, 0);
    t.ok(ms < STOP_MS, `${ms}`);
  });

  t.test(
    'a key that only root may read, https and names of its own are no obstacle, to the health check neither',
    async (t) => {
      const secrets = mkdtempSync(join(folder, 'secrets-'));
      const request = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        '/CN=wifi.example.com',
      ];
      execFileSync(
        'openssl',
        [...request, '-keyout', join(secrets, 'tls_key'), '-out', join(secrets, 'tls_cert')],
        { stdio: 'ignore' },
      );
      const box = await start(t, volumeOf(t), {
        env: {
          TLS_CERT: '/run/secrets/tls_cert',
          TLS_KEY_FILE: '/run/secrets/tls_key',
          PORTAL_URL: 'https://wifi.example.com',
          ADMIN_URL: 'https://admin.example.com',
          ADMIN_HOST: '0.0.0.0',
        },
        volumes: { '/run/secrets': secrets },
      });
      t.match(await box.exec(...image.health), { code: 0, stderr: '' });
      const page = await box.outside(
        'curl',
        '-sSk',
        '--connect-to',
        '::127.0.0.1:8443',
        'https://wifi.example.com/healthz',
      );
      t.match(page, { code: 0, stdout: 'ok' });
      t.notMatch(box.output(), /PRIVATE KEY/);
      t.equal((await box.stop()).code, 0);
    },
  );

  t.test('a bare Debian machine is set up by one command, the second time at once', async (t) => {
    const home = join(buildRoot, image.folder);
    for (const name of ['views', 'public']) cpSync(join(root, name), join(home, name), { recursive: true });
    const install = (...words: string[]) =>
      inRoot(buildRoot, image.folder, ['sh', 'scripts/install-debian.sh', ...words]);
    const first = await timed(t, 'set-up of a machine that has built', () => install());
    t.match(first, { code: 0, stdout: '', stderr: /systemctl enable --now foyer/ });
    const began = performance.now();
    const second = await install();
    const ms = performance.now() - began;
    t.match(second, { code: 0, stdout: '' });
    t.notMatch(second.stderr, /install(ing|ed)|building/);
    t.ok(ms < 5000, `${ms}`);
    t.comment(`measured: the second time ${(ms / 1000).toFixed(1)} s`);
    t.strictSame(
      readdirSync(join(buildRoot, 'etc/systemd/system')).filter((name) => /redis|nftables/.test(name)),
      [],
      'no service of the packages is enabled',
    );
    t.match(await install('nonsense'), { code: 1, stderr: /none of: build run container service/ });
  });

  t.test('too old a Node is named, with what to do', async (t) => {
    mkdirSync(join(buildRoot, 'old'));
    writeFileSync(join(buildRoot, 'old/node'), '#!/bin/sh\necho v18.20.4\n', { mode: 0o755 });
    const command = ['sh', '-c', 'PATH=/old:$PATH sh scripts/install-debian.sh build'];
    t.match(await inRoot(buildRoot, image.folder, command), {
      code: 1,
      stderr: /Node is v18\.20\.4.*20\.19 or newer.*nodejs\.org/,
    });
  });

  t.test('the systemd unit is sound, and starts Foyer as it says', async (t) => {
    const install = ['apt-get', 'install', '-y', '--no-install-recommends', 'systemd'];
    t.match(await inRoot(buildRoot, '/', install, { DEBIAN_FRONTEND: 'noninteractive' }), { code: 0 });
    const path = '/etc/systemd/system/foyer.service';
    t.match(await inRoot(buildRoot, '/', ['systemd-analyze', 'verify', path]), { code: 0, stderr: '' });
    const security = await inRoot(buildRoot, '/', [
      'systemd-analyze',
      'security',
      '--offline=true',
      '--threshold=30',
      path,
    ]);
    t.equal(security.code, 0, 'what is still open counts 3.0 of 10 at most');
    t.comment(security.stdout.trim().split('\n').at(-1) ?? '');

    const unit = readFileSync(join(buildRoot, path), 'utf8');
    const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
    t.match(value('ExecStart'), /^\/usr\/bin\/node dist\/main\.js$/);
    const cap = value('AmbientCapabilities').toLowerCase().replace('cap_', '+');
    const words = [
      ...[
        'setpriv',
        `--reuid=${value('User')}`,
        `--regid=${value('User')}`,
        '--clear-groups',
        '--no-new-privs',
      ],
      ...[`--inh-caps=-all,${cap}`, `--ambient-caps=-all,${cap}`, `--bounding-set=-all,${cap}`],
    ];
    const env = Object.fromEntries(
      readFileSync(join(buildRoot, value('EnvironmentFile')), 'utf8')
        .split('\n')
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => line.split('=')),
    );
    t.strictSame(env, { DATA_DIR: '/var/lib/foyer/data' });
    const box = await startBox(t, {
      root: buildRoot,
      folder: value('WorkingDirectory'),
      command: [...words, ...value('ExecStart').split(' ')],
      env,
      caps: [...ENGINE_CAPS, 'net_admin'],
    });
    await box.says('Foyer is up');
    await onlyHas(t, box, NET_ADMIN);
    t.match(await box.exec('foyer', 'visit', 'list'), { code: 0, stderr: '' }, 'the command finds the data');
    t.match(
      await box.exec('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'foyer', 'config'),
      { code: 1, stderr: /by sudo/ },
    );
    t.equal((await box.stop()).code, 0);
  });
}
