import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { createNftables, type NftablesFields } from '../../src/drivers/nftables/index.js';
import type { Run } from '../../src/drivers/nftables/run.js';
import { createLab, GUEST_DEVICE, GUEST_NETWORKS, noLab } from '../lab/network.js';
import { driverContract, MAC, OTHER } from './contract.js';

const warnings: string[] = [];
const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
const now = () => Date.now();
const MINUTE = 60_000;

const driverOn = (run: Run, gateway = 'lobby', more: Partial<NftablesFields> = {}) =>
  createNftables({ run }).connect({
    gateway: gateway as GatewayId,
    fields: { interface: GUEST_DEVICE, allow: [], ...more },
    now,
    guestPort: 8080,
    log,
  });

const order = (mac = MAC, ms = MINUTE) => ({ mac, ips: [], until: now() + ms, limits: {} });

if (noLab) {
  t.test('the nftables driver on a kernel', { skip: noLab }, async () => undefined);
} else {
  const lab = await createLab(t);
  const reset = () => lab.run('nft', ['flush', 'ruleset']);

  driverContract(t, {
    name: 'nftables',
    kind: createNftables({ run: lab.run }) as DriverKind,
    make: async () => {
      await reset();
      const elsewhere = driverOn(lab.run, 'lobby-2', { interface: 'br-hall' });
      return {
        driver: driverOn(lab.run),
        now,
        admitElsewhere: (mac) => elsewhere.authorize(order(mac)),
      };
    },
  });

  t.test('a batch in which nft refuses one order still brings the others', async (t) => {
    await reset();
    let batches = 0;
    // A full set is refused as a whole; here the refusal comes for one client, as it would for the one too many.
    const refusing: Run = async (program, args, input) => {
      if (input?.startsWith('add element')) batches += 1;
      return input?.includes(OTHER)
        ? {
            code: 1,
            stdout: '',
            stderr: 'internal:0:0-0: Error: Could not process rule: Too many open files in system',
          }
        : lab.run(program, args, input);
    };
    const driver = driverOn(refusing);
    await driver.check();
    const [one, other] = await Promise.allSettled([
      driver.authorize(order(MAC)),
      driver.authorize(order(OTHER)),
    ]);
    t.equal(one?.status, 'fulfilled');
    t.match(other, { status: 'rejected', reason: { code: 'busy' } });
    t.equal(batches, 3, 'one transaction for both, then each by itself');
  });

  t.test(
    'there is never more than one nft at a time for a gateway, and orders of one moment share it',
    async (t) => {
      await reset();
      let running = 0;
      let most = 0;
      let batches = 0;
      const counting: Run = async (program, args, input) => {
        if (program !== 'nft') return lab.run(program, args, input);
        running += 1;
        most = Math.max(most, running);
        if (input?.startsWith('add element')) batches += 1;
        return lab.run(program, args, input).finally(() => {
          running -= 1;
        });
      };
      const driver = driverOn(counting);
      const orders = Array.from({ length: 50 }, (_, n) => order(`02:00:00:00:cc:${n + 10}` as typeof MAC));
      await Promise.all([driver.check(), ...orders.map((one) => driver.authorize(one)), driver.sessions?.()]);
      t.equal(most, 1);
      t.equal(batches, 1);
    },
  );

  t.test('two gateways share the table, and each keeps its own part', async (t) => {
    await reset();
    const [lobby, hall] = [driverOn(lab.run), driverOn(lab.run, 'hall', { interface: 'br-hall' })];
    await Promise.all([lobby.check(), hall.check()]);
    await Promise.all([lobby.authorize(order(MAC)), hall.authorize(order(OTHER))]);
    const epochs = async () => (await Promise.all([lobby.check(), hall.check()])).map(({ epoch }) => epoch);
    const before = await epochs();
    t.strictSame(
      (await lobby.sessions?.())?.map(({ mac }) => mac),
      [MAC],
    );
    t.strictSame(
      (await hall.sessions?.())?.map(({ mac }) => mac),
      [OTHER],
    );
    await lab.run('nft', ['flush', 'chain', 'inet', 'foyer', 'guests_hall']);
    const after = await epochs();
    t.equal(after[0], before[0], 'the loss of one is not the loss of the other');
    t.not(after[1], before[1]);
  });

  t.test('whatever is taken from the table is made again by the next check, with a new epoch', async (t) => {
    await reset();
    const driver = driverOn(lab.run);
    let { epoch } = await driver.check();
    const losses: string[][] = [
      ['flush', 'ruleset'],
      ['delete', 'table', 'inet', 'foyer'],
      ['flush', 'chain', 'inet', 'foyer', 'guests_lobby'],
      ['insert', 'rule', 'inet', 'foyer', 'guests_lobby', 'accept'],
      ['flush', 'table', 'inet', 'foyer'],
      ['add', 'table', 'inet', 'foyer', '{ flags dormant; }'],
    ];
    const listed = async () => (await lab.run('nft', ['list', 'table', 'inet', 'foyer'])).stdout;
    const shape = await listed();
    for (const loss of losses) {
      t.equal((await lab.run('nft', loss)).code, 0, loss.join(' '));
      const health = await driver.check();
      t.ok(health.ok);
      t.not(health.epoch, epoch, `noticed: ${loss.join(' ')}`);
      t.equal(await listed(), shape);
      epoch = health.epoch;
    }
    t.equal((await driver.check()).epoch, epoch, 'and then all is quiet');
    await lab.run('nft', ['delete', 'table', 'inet', 'foyer']);
    await driver.authorize(order());
    t.equal((await driver.sessions?.())?.length, 1, 'an order that meets the loss mends it first');
    t.not((await driver.check()).epoch, epoch, 'and the loss is told');
  });

  t.test('a restart of the portal leaves the table and who is online', async (t) => {
    await reset();
    const first = driverOn(lab.run);
    await first.authorize(order(MAC, 30_000));
    await first.close();
    const { stdout } = await lab.run('nft', ['list', 'table', 'inet', 'foyer']);
    t.match(stdout, MAC, 'closing takes nothing away');
    const second = driverOn(lab.run);
    const { ok, epoch } = await second.check();
    t.ok(ok);
    const [session] = (await second.sessions?.()) ?? [];
    t.equal(session?.mac, MAC);
    t.ok(Math.abs((session?.until ?? 0) - now() - 30_000) < 3000, 'with the time that was left');
    t.equal((await second.check()).epoch, epoch);
  });

  t.test('a table of another shape is replaced, with its elements and their time', async (t) => {
    await reset();
    await driverOn(lab.run).authorize(order(MAC, 30_000));
    const old = [
      'flush chain inet foyer hijack_lobby',
      'delete chain inet foyer hijack_lobby',
      'add chain inet foyer hijack_lobby { type filter hook input priority 7; }',
    ].join('\n');
    t.equal((await lab.run('nft', ['-f', '-'], old)).code, 0);
    const next = driverOn(lab.run);
    t.ok((await next.check()).ok);
    const { stdout } = await lab.run('nft', ['list', 'chain', 'inet', 'foyer', 'hijack_lobby']);
    t.match(stdout, 'type nat hook prerouting');
    const [session] = (await next.sessions?.()) ?? [];
    t.ok(Math.abs((session?.until ?? 0) - now() - 30_000) < 3000);
  });

  t.test('an element that somebody made permanent is listed with an end that no grant has', async (t) => {
    await reset();
    const driver = driverOn(lab.run);
    await driver.check();
    await lab.run('nft', ['add', 'element', 'inet', 'foyer', 'allowed_lobby', `{ ${MAC} }`]);
    t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: Number.POSITIVE_INFINITY }]);
    await driver.authorize(order());
    t.ok(Number.isFinite((await driver.sessions?.())?.[0]?.until), 'and gets its end with the next order');
  });

  t.test('CAP_NET_ADMIN is all that is needed, and without it that is what is said', async (t) => {
    await reset();
    const as = (...caps: string[]): Run => {
      const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', ...caps];
      return (program, args, input) => lab.run('setpriv', [...nobody, program, ...args], input);
    };
    const driver = driverOn(as('--inh-caps=+net_admin', '--ambient-caps=+net_admin'));
    const health = await driver.check();
    t.ok(health.ok, health.problems.join(' '));
    await driver.authorize({ ...order(), ips: ['10.77.0.5', 'fd00:77::5'] });
    t.equal((await driver.sessions?.())?.length, 1);
    await driver.deauthorize({ mac: MAC, ips: [] });
    t.equal((await driver.sessions?.())?.length, 0);

    t.strictSame(warnings, [], 'conntrack too');

    const refused = driverOn(as());
    const bad = await refused.check();
    t.notOk(bad.ok);
    t.match(bad.problems, [/CAP_NET_ADMIN/]);
    await t.rejects(refused.authorize(order()), { code: 'not-permitted', permanent: true });
  });

  t.test('the check names what is wrong around the table, and what to do', async (t) => {
    await reset();
    const healthy = await driverOn(lab.run).check();
    t.strictSame(healthy.problems, []);
    t.strictSame(healthy.guestNetworks, GUEST_NETWORKS);

    const absent = await driverOn(lab.run, 'lobby', { interface: 'wlan9' }).check();
    t.notOk(absent.ok);
    t.match(absent.problems, [/no interface wlan9/]);
    await reset();

    const port = await driverOn(lab.run, 'lobby', { interface: 'lan1' }).check();
    t.notOk(port.ok);
    t.match(port.problems[0], /port of br-guests/);
    await reset();

    await lab.run('sysctl', ['-qw', 'net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0']);
    // Not every kernel has flowtables; this is how nft lists one.
    let flowtables: unknown[] = [
      {
        flowtable: {
          family: 'inet',
          name: 'quick',
          table: 'fast',
          hook: 'ingress',
          prio: 0,
          dev: [GUEST_DEVICE, 'wan0'],
        },
      },
    ];
    const driver = driverOn(async (program, args, input) =>
      args.includes('flowtables')
        ? { code: 0, stdout: JSON.stringify({ nftables: flowtables }), stderr: '' }
        : lab.run(program, args, input),
    );
    const troubled = await driver.check();
    t.ok(troubled.ok, 'guests are kept out all the same');
    t.match(troubled.problems, [/ip_forward=1/, /ipv6.conf.all.forwarding=1/, /Flowtable fast quick/]);
    await lab.run('sysctl', ['-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
    flowtables = [];
    t.strictSame((await driver.check()).problems, [], 'mended is told by the next check');

    await driverOn(lab.run, 'old').check();
    t.match(
      (await driver.check()).problems,
      [/guests_old/],
      'a gateway that was removed still guards the interface',
    );
  });

  t.test('another interface that cannot be the guests’ opens nothing: the rules before stay', async (t) => {
    await reset();
    const lobby = driverOn(lab.run);
    await lobby.check();
    const rules = async () => (await lab.run('nft', ['-s', 'list', 'table', 'inet', 'foyer'])).stdout;
    const before = await rules();
    for (const [device, reason] of [
      ['br-gusts', /There is no interface br-gusts .* the rules for the former interface stay/],
      ['lan1', /lan1 is a port of br-guests.* stay/],
      ['wan0', /wan0 is this machine's own way/],
      ['lo', /lo is this machine's own way/],
    ] as const) {
      const wrong = driverOn(lab.run, 'lobby', { interface: device });
      const { ok, problems } = await wrong.check();
      t.notOk(ok, device);
      t.match(problems, [reason]);
      await t.rejects(wrong.authorize(order()), { code: 'misconfigured' });
      t.equal(await rules(), before, device);
    }
    await reset();
    const boot = driverOn(lab.run, 'lobby', { interface: 'br-later' });
    await boot.check();
    t.match(await rules(), /br-later/, 'where there is nothing yet, an interface may come later');
  });

  t.test('what a batch must forget of connections is told to one conntrack', async (t) => {
    await reset();
    const calls: string[] = [];
    const driver = driverOn(async (program, args, input) => {
      const result = await lab.run(program, args, input);
      if (program === 'conntrack') calls.push(`${args.join(' ')}: ${result.code} ${result.stderr}`);
      return result;
    });
    const orders = [1, 2, 3].map((n) => ({
      ...order(`02:00:00:00:dd:0${n}` as typeof MAC),
      ips: [`10.77.0.${n}`, `fd00:77::${n}`],
    }));
    await Promise.all(orders.map((one) => driver.authorize(one)));
    await Promise.all(orders.map((one) => driver.deauthorize(one)));
    t.strictSame(calls, ['-R -: 0 ', '-R -: 0 ']);
  });

  t.test('a missing program is named with its package', async (t) => {
    await reset();
    const { runHere } = await import('../../src/drivers/nftables/run.js');
    await t.rejects(runHere('foyer-no-such-program', []), {
      code: 'misconfigured',
      message: /not on this machine/,
    });
    const without =
      (missing: string): Run =>
      (program, args, input) =>
        program === missing ? runHere(`foyer-no-${missing}`, args) : lab.run(program, args, input);
    const noNft = await driverOn(without('nft')).check();
    t.notOk(noNft.ok);
    const noTracker = driverOn(without('conntrack'));
    t.match(await noTracker.check(), { ok: true, problems: [/UDP flows go on/] });
    await t.resolves(
      noTracker.authorize({ ...order(), ips: ['10.77.0.5'] }),
      'who may pass passes all the same',
    );
  });

  t.test('clients are found in the neighbour table, by either address', async (t) => {
    const driver = driverOn(lab.run);
    const [client] = lab.clients;
    await lab.curl(client, `http://${lab.routerIp}:1/`);
    await lab.curl(client, `http://[${lab.routerIp6}]:1/`);
    const { mac, ip, ip6 } = client;
    t.strictSame(await driver.findClient?.(ip), { mac, ip });
    t.strictSame(await driver.findClient?.(`::ffff:${ip}`), { mac, ip });
    t.strictSame(await driver.findClient?.(ip6), { mac, ip: ip6 });
    t.equal(await driver.findClient?.('10.77.0.99'), undefined);
    t.equal(await driver.findClient?.(lab.inetIp), undefined, 'not one of the other side');
    t.equal(await driver.findClient?.('nonsense'), undefined);
    const found = await driver.clients?.();
    t.ok(found?.some((row) => row.ip === ip && row.mac === mac));
    t.ok(found?.some((row) => row.ip === ip6 && row.mac === mac));
  });
}
