import t from 'tap';
import type { GatewayId, SiteId } from '../../src/domain/id.js';
import { root } from '../../src/redis/keys.js';
import { DEMO, NINE, SITE, startRuntime, type TestRuntime } from '../fixtures/runtime.js';
import { boxes, mac } from '../fixtures/story.js';

const LAN = 'lan' as GatewayId;
const WIFI = 'wifi' as GatewayId;
const ANNEX = 'annex' as SiteId;

const versionOf = async (runtime: TestRuntime, id: GatewayId): Promise<number> =>
  (await runtime.stores.gateways.list(SITE)).get(id)?.version ?? 0;

t.test('a gateway that was removed is given no commands, and no key of it comes back', async (t) => {
  const runtime = await startRuntime(t);
  const { registry } = runtime.services;
  const { commands } = runtime.stores;
  t.equal(await commands.queue(SITE, DEMO, [mac(1)], 'gateway.drift-mended', NINE), 1);
  await registry.remove(SITE, DEMO, 'test');
  const before = (await runtime.stores.events.list(SITE, '', 1000)).items.length;
  t.equal(await commands.queue(SITE, DEMO, [mac(1), mac(2)], 'gateway.drift-mended', NINE), 0);
  t.strictSame(await runtime.server.redis.keys(`${root(SITE)}:*:${DEMO}*`), []);
  t.equal((await runtime.stores.events.list(SITE, '', 1000)).items.length, before, 'nor is it logged');
});

t.test('no two configurations of a gateway have the same version', async (t) => {
  const runtime = await startRuntime(t, { kinds: boxes().kinds });
  const other = await runtime.another();
  const put = async (one: Pick<TestRuntime, 'services'>, network: string): Promise<number> => {
    const input = { kind: 'demo', guestNetworks: [network] };
    const saved = await one.services.registry.put(SITE, DEMO, input, 'test');
    if (saved.status !== 'saved') throw new Error(saved.status);
    return saved.gateway.version;
  };
  const versions = [await versionOf(runtime, DEMO)];
  versions.push(...(await Promise.all([put(runtime, '10.1.0.0/16'), put(other, '10.2.0.0/16')])));
  t.ok(versions.includes(await versionOf(runtime, DEMO)), 'what was answered is what is kept');
  await runtime.services.registry.remove(SITE, DEMO, 'test');
  versions.push(await put(runtime, '10.1.0.0/16'), await put(other, '10.1.0.0/16'));
  t.equal(new Set(versions).size, 5, versions.join(' '));
  t.ok((versions[3] ?? 0) > Math.max(...versions.slice(0, 3)), 'nor after it was removed');
});

t.test('two gateways cannot have the same interface of this machine, whatever their sites are', async (t) => {
  const runtime = await startRuntime(t);
  const { registry, sites } = runtime.services;
  await sites.add(ANNEX, 'test');
  const put = (site: SiteId, id: GatewayId, device: string) =>
    registry.put(site, id, { kind: 'nftables', interface: device }, 'test');
  t.match(await put(SITE, LAN, 'br-guests'), { status: 'saved' });
  t.match(await put(SITE, LAN, 'br-guests'), { status: 'saved' }, 'its own is free for itself');
  for (const site of [SITE, ANNEX]) {
    const refused = await put(site, WIFI, 'br-guests');
    t.match(refused, {
      status: 'invalid',
      problems: [{ field: 'interface', message: /^Gateway "lan" .*interface br-guests/ }],
    });
    t.equal(refused.status === 'invalid' && refused.problems.length, 1);
  }
  t.equal(registry.get(WIFI), undefined);
  t.match(await put(ANNEX, WIFI, 'br-other'), { status: 'saved' });
  await registry.remove(SITE, LAN, 'test');
  t.match(await put(ANNEX, WIFI, 'br-guests'), { status: 'saved' }, 'what was removed takes nothing');
});
