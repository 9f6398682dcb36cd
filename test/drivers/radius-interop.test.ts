import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import radius from 'radius';
import t, { type Test } from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import type { AccountedSession } from '../../src/drivers/driver.js';
import { acceptAttributes, mikrotikLimits } from '../../src/drivers/radius/attributes.js';
import {
  type AccessQuestion,
  type AccountingReport,
  createRadiusServer,
} from '../../src/drivers/radius/server.js';
import { radiusSide } from '../../src/drivers/radius/side.js';
import { noFreeRadius, type Ran, radclient, run, startFreeRadius } from '../emulators/free-radius.js';
import { testClock } from '../fixtures/runtime.js';

/** The RADIUS of others: FreeRADIUS 3.2.1 of Debian 12, and npm radius. */

const SECRET = 'a-secret-of-some-length';
const FRONT = 'another-secret-of-length';
const MAC = '02-00-00-00-AA-01';
const SIGNED = 'Message-Authenticator = 0x00';
const skip = { skip: noFreeRadius };
const silent = { info: () => undefined, warn: () => undefined };

/** Lets in the client with this MAC, and the name `guest` with its password. */
async function start(t: Test, requireMessageAuthenticator = true) {
  const questions: AccessQuestion[] = [];
  const reports: AccountingReport[] = [];
  const logged: string[] = [];
  const server = createRadiusServer({
    nasAt: () => [
      {
        gateway: 'lobby' as GatewayId,
        nas: { networks: ['127.0.0.1'], secret: SECRET, requireMessageAuthenticator },
      },
    ],
    async judge(question) {
      questions.push(question);
      const { byMac, mac, username, verify } = question;
      const right = byMac ? mac === '02:00:00:00:aa:01' : username === 'guest' && verify('pin1234');
      return right
        ? {
            accept: true,
            sessionSeconds: 3599,
            attributes: [
              ...acceptAttributes({ again: byMac }),
              ...mikrotikLimits({ upKbps: 2000, downKbps: 8000 }),
            ],
          }
        : { accept: false, message: 'Type the PIN first' };
    },
    async account(report) {
      reports.push(report);
    },
    now: testClock(),
    log: { ...silent, warn: (_, message) => logged.push(message) },
    rejectDelayMs: 10,
  });
  const ports = await server.listen({ host: '127.0.0.1', port: 0, accountingPort: 0 });
  t.teardown(server.close);
  return { ports, questions, reports, logged };
}

function accepted(t: Test, { code, output }: Ran): void {
  t.equal(code, 0, output);
  t.match(output, /Received Access-Accept/);
  t.match(output, /Session-Timeout = 3599/);
  t.match(output, /Mikrotik-Rate-Limit = "2000k\/8000k"/);
  t.match(output, /Message-Authenticator = 0x/);
}

function refused(t: Test, { code, output }: Ran): void {
  t.not(code, 0);
  t.match(output, /Received Access-Reject/);
  t.match(output, /Reply-Message = "Type the PIN first"/);
}

const unanswered = (t: Test, { output }: Ran): void => {
  t.match(output, /No reply from server/);
};

t.test(
  'radclient is let in by PAP, by CHAP and by its MAC, and refused with what is wrong',
  skip,
  async (t) => {
    const { ports, questions } = await start(t);
    const ask = (...attributes: string[]) => radclient(ports.port, 'auth', SECRET, [...attributes, SIGNED]);
    accepted(t, await ask('User-Name = "guest"', 'User-Password = "pin1234"'));
    accepted(t, await ask('User-Name = "guest"', 'CHAP-Password = "pin1234"'));
    refused(t, await ask('User-Name = "guest"', 'User-Password = "pin1235"'));
    refused(t, await ask('User-Name = "guest"', 'CHAP-Password = "pin1235"'));
    const station = (mac: string) => `Calling-Station-Id = "${mac}"`;
    accepted(t, await ask(`User-Name = "${MAC}"`, `User-Password = "${MAC}"`, station(MAC)));
    accepted(t, await ask('User-Name = "02000000aa01"', 'CHAP-Password = "02000000aa01"', station(MAC)));
    accepted(t, await ask('User-Name = "0200.0000.aa01"', 'Service-Type = Call-Check', station(MAC)));
    const other = '02-00-00-00-AA-02';
    refused(t, await ask(`User-Name = "${other}"`, `User-Password = "${other}"`, station(other)));
    refused(t, await ask(`User-Name = "${MAC}"`, `User-Password = "${MAC}"`, station(other)));
    t.strictSame(
      questions.map(({ byMac }) => byMac),
      [false, false, false, false, true, true, true, true, false],
    );
  },
);

t.test('radtest signs what it asks, and is let in by PAP and by CHAP', skip, async (t) => {
  const { ports, questions } = await start(t);
  const test = (method: string, password: string) =>
    run('radtest', [
      '-t',
      method,
      'guest',
      password,
      `127.0.0.1:${ports.port}`,
      '0',
      SECRET,
      '0',
      '127.0.0.1',
    ]);
  accepted(t, await test('pap', 'pin1234'));
  accepted(t, await test('chap', 'pin1234'));
  refused(t, await test('pap', 'pin1235'));
  refused(t, await test('mschap', 'pin1234'));
  t.equal(questions.length, 4);
});

t.test('radclient that signs nothing gets no answer, or one where the admin allows it', skip, async (t) => {
  const attributes = ['User-Name = "guest"', 'User-Password = "pin1234"'];
  const strict = await start(t);
  unanswered(t, await radclient(strict.ports.port, 'auth', SECRET, attributes, 1));
  t.match(strict.logged.join(), /requireMessageAuthenticator=false/);
  t.equal(strict.questions.length, 0);
  unanswered(t, await radclient(strict.ports.port, 'auth', 'wrong-secret', [...attributes, SIGNED], 1));
  const lenient = await start(t, false);
  accepted(t, await radclient(lenient.ports.port, 'auth', SECRET, attributes));
});

t.test('radclient accounts for its sessions, and asks whether anybody is there', skip, async (t) => {
  const { ports, reports } = await start(t);
  const account = (...attributes: string[]) => radclient(ports.accountingPort, 'acct', SECRET, attributes);
  const session = ['Acct-Session-Id = "abc123"', 'User-Name = "guest"', `Calling-Station-Id = "${MAC}"`];
  t.equal((await account('Acct-Status-Type = Start', ...session, 'Framed-IP-Address = 10.0.0.5')).code, 0);
  t.equal(
    (await account('Acct-Status-Type = Stop', ...session, 'Acct-Terminate-Cause = User-Request', SIGNED))
      .code,
    0,
  );
  t.equal((await account('Acct-Status-Type = Accounting-On', 'NAS-Identifier = "ap-1"')).code, 0);
  t.match(reports, [
    { event: 'start', session: { id: 'abc123', mac: '02:00:00:00:aa:01', ip: '10.0.0.5' } },
    { event: 'stop', cause: 1 },
    { event: 'on', nasId: 'ap-1' },
  ]);
  unanswered(
    t,
    await radclient(ports.accountingPort, 'acct', 'wrong-secret', ['Acct-Status-Type = Start'], 1),
  );
  for (const port of [ports.port, ports.accountingPort])
    t.equal((await radclient(port, 'status', SECRET, [SIGNED])).code, 0);
});

t.test('FreeRADIUS passes on what it is asked, and the answers come back through it', skip, async (t) => {
  const { ports, questions, reports, logged } = await start(t);
  const proxy = await startFreeRadius(t, { server: ports, secret: SECRET, frontSecret: FRONT });
  const ask = (...attributes: string[]) => radclient(proxy.port, 'auth', FRONT, attributes, 4);
  const station = `Calling-Station-Id = "${MAC}"`;
  const answer = await ask('User-Name = "guest"', 'User-Password = "pin1234"', station, SIGNED);
  t.match(answer.output, /Received Access-Accept/);
  t.match(answer.output, /Session-Timeout = 3599/);
  t.match(answer.output, /Mikrotik-Rate-Limit = "2000k\/8000k"/);
  t.match(proxy.output(), /Proxy-State = 0x/);
  t.match(
    (await ask('User-Name = "guest"', 'CHAP-Password = "pin1234"', SIGNED)).output,
    /Received Access-Accept/,
  );
  t.match(
    (await ask(`User-Name = "${MAC}"`, `User-Password = "${MAC}"`, station, SIGNED)).output,
    /Access-Accept/,
  );
  t.match(
    (await ask('User-Name = "guest"', 'User-Password = "pin1235"', SIGNED)).output,
    /Received Access-Reject/,
  );
  t.equal(questions.length, 4);
  const unsigned = await radclient(
    proxy.port,
    'auth',
    FRONT,
    ['User-Name = "guest"', 'User-Password = "pin1234"'],
    1,
  );
  t.match(unsigned.output, /Received Access-Accept/, 'it signs what it passes on');
  const stop = ['Acct-Status-Type = Stop', 'Acct-Session-Id = "abc123"', station];
  t.equal((await radclient(proxy.accountingPort, 'acct', FRONT, stop, 4)).code, 0);
  t.match(reports, [{ event: 'stop', session: { id: 'abc123' } }]);
  t.strictSame(logged, []);
});

t.test('FreeRADIUS takes our Disconnect- and CoA-Requests, and we its answers', skip, async (t) => {
  const { ports } = await start(t);
  const { coaPort, output } = await startFreeRadius(t, { server: ports, secret: SECRET, frontSecret: FRONT });
  const now = testClock(Date.now());
  const mac = '02:00:00:00:aa:01' as ClientMac;
  const session: AccountedSession = {
    mac,
    id: 'known',
    username: 'guest',
    nas: '127.0.0.1',
    station: MAC,
    seenAt: now(),
  };
  const sessions = [session];
  const context = { accounted: async () => sessions, now, timeoutMs: 2000, log: silent };
  const options = { name: 'FreeRADIUS', secret: FRONT, disconnectPort: coaPort, nas: ['127.0.0.1'] };
  const side = radiusSide(context, options);
  t.teardown(side.close);
  await side.deauthorize({ mac, ips: [] });
  t.match(output(), /Received Disconnect-Request.*\n(?:.*\n)*?.*Sent Disconnect-ACK/);
  t.strictSame(await side.sessions?.(), []);
  sessions[0] = { ...session, id: 'unknown' };
  await side.deauthorize({ mac, ips: [] });
  t.match(output(), /Sent Disconnect-NAK/, 'a session that is not there is ended');
  sessions[0] = session;
  const asking = radiusSide(context, { ...options, reauthenticate: acceptAttributes({ again: true }) });
  t.teardown(asking.close);
  await asking.prompt?.({ mac, ips: [] });
  t.match(output(), /Received CoA-Request.*\n(?:.*\n)*?.*Sent CoA-ACK/);
  t.strictSame(await side.probe(), { reached: true, problems: [] });
  const other = radiusSide({ ...context, timeoutMs: 300 }, { ...options, secret: 'a-wrong-secret' });
  t.teardown(other.close);
  await t.rejects(other.deauthorize({ mac, ips: [] }), { code: 'timeout', message: /same secret/ });
});

t.test('npm radius asks by PAP and believes the answer', async (t) => {
  const { ports } = await start(t);
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  const ask = async (password: string) => {
    const attributes: [string, string][] = [
      ['User-Name', 'guest'],
      ['User-Password', password],
    ];
    // It puts its signature last, which is as good in a request.
    const request = radius.encode({
      code: 'Access-Request',
      secret: SECRET,
      identifier: password.charCodeAt(6),
      attributes,
      add_message_authenticator: true,
    });
    socket.send(request, ports.port, '127.0.0.1');
    const [response] = await once(socket, 'message');
    t.ok(radius.verify_response({ request, response, secret: SECRET }));
    return radius.decode({ packet: response, secret: SECRET });
  };
  const answer = await ask('pin1234');
  t.equal(answer.code, 'Access-Accept');
  t.equal(answer.attributes['Session-Timeout'], 3599);
  t.equal((await ask('pin1235')).code, 'Access-Reject');
});
