import t from 'tap';
import { startGateway } from '../emulators/mikrotik-gateway.js';
import { HOUR, MINUTE } from '../fixtures/runtime.js';

t.test('a router that is set up as printed has nothing to say, and tells its guest network', async (t) => {
  const { driver } = await startGateway(t);
  t.match(await driver.check(), { ok: true, problems: [], guestNetworks: ['10.5.0.0/16'] });
});

t.test('the epoch is that of its start: neither rounding nor a clock that wanders changes it', async (t) => {
  const { driver, time, router } = await startGateway(t);
  time.advance(HOUR);
  const { epoch } = await driver.check();
  for (let n = 0; n < 20; n++) {
    time.advance(999);
    t.equal((await driver.check()).epoch, epoch);
  }
  router.gateway.reboot();
  time.advance(MINUTE);
  t.not((await driver.check()).epoch, epoch);
});

t.test('what keeps everybody out is said, with what to do', async (t) => {
  const { driver, router, connect } = await startGateway(t);
  const says = async (words: RegExp, of = driver) => {
    const { ok, problems } = await of.check();
    t.notOk(ok);
    t.match(problems.join(' '), words);
  };
  router.quirks.version = '6.49.10 (long-term)';
  await says(/6\.49\.10 \(long-term\) is too old/);
  router.quirks.version = '7.24.4 (stable)';
  await says(/no hotspot cafe, but hotspot1/, connect('main', { hotspot: 'cafe' }));
  await says(/no hotspot user profile lost/, connect('main', { profile: 'lost' }));
  const [server = {}] = router.servers;
  server.disabled = 'true';
  await says(/disabled/);
  Object.assign(server, { disabled: 'false', invalid: 'true' });
  await says(/invalid/);
  router.servers.splice(0);
  await says(/has no hotspot: set one up/);
  router.servers.push({ ...server, invalid: 'false' });
  router.quirks.deviceMode = 'no';
  await says(/device-mode/);
  router.quirks.deviceMode = 'yes';
  t.ok((await driver.check()).ok);
  router.quirks.wrongSource = true;
  await says(/address=/);
});

t.test('what makes devices come and go otherwise is said, and is no reason not to be ready', async (t) => {
  const { router, connect } = await startGateway(t);
  const driver = connect('main', { profile: 'default' });
  const [serverProfile = {}] = router.serverProfiles;
  serverProfile['login-by'] = 'cookie,http-chap';
  const { ok, problems } = await driver.check();
  t.ok(ok);
  const text = problems.join('\n');
  t.match(text, /login-by=cookie,http-chap: without http-pap/);
  t.match(text, /set default add-mac-cookie=no/);
  t.match(text, /set default keepalive-timeout=none/);
  const [profile = {}] = router.profiles;
  Object.assign(profile, { 'session-timeout': '1h', 'keepalive-timeout': 'none', 'add-mac-cookie': 'false' });
  serverProfile['login-by'] = 'http-pap';
  t.match((await driver.check()).problems, [/session-timeout=0s/], 'seen at once, while something is wrong');
});

t.test('a setup in order is not read with every check', async (t) => {
  const { driver, router } = await startGateway(t);
  await driver.check();
  router.asked.splice(0);
  t.match(await driver.check(), { ok: true, guestNetworks: ['10.5.0.0/16'] });
  t.equal(router.asked.length, 2);
});

t.test('a url that is not the router’s REST API is said to be', async (t) => {
  const { connect, router } = await startGateway(t);
  const { ok, problems } = await connect('main', { url: `${router.url}/webfig` }).check();
  t.notOk(ok);
  t.match(problems, [/not its REST API: check the url/]);
});
