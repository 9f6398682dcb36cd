import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import type { RadiusAttribute } from '../../src/drivers/driver.js';
import { questionOf } from '../../src/drivers/radius/access.js';
import {
  integer,
  integerIn,
  ipv4,
  TYPE,
  text,
  textIn,
  VENDOR,
  vendor,
} from '../../src/drivers/radius/attributes.js';
import {
  CODE,
  chapPassword,
  decode,
  encodeRequest,
  hidePassword,
  messageAuthenticator,
  type Packet,
  type RequestParts,
  responseIsOf,
} from '../../src/drivers/radius/codec.js';
import { createReplies } from '../../src/drivers/radius/replies.js';
import {
  type AccessQuestion,
  type AccountingReport,
  createRadiusServer,
  type RadiusServerDeps,
  type Verdict,
} from '../../src/drivers/radius/server.js';
import { eventually, testClock } from '../fixtures/runtime.js';

const SECRET = 'a-secret-of-some-length';
const MAC = '02:00:00:00:aa:01' as ClientMac;
const AUTHENTICATOR = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const LOBBY = 'lobby' as GatewayId;

const nasOf = (secret = SECRET, requireMessageAuthenticator = true, gateway = LOBBY) => ({
  gateway,
  nas: { networks: ['127.0.0.1'], secret, requireMessageAuthenticator },
});
const accept = (attributes: RadiusAttribute[] = [], sessionSeconds = 60): Verdict => ({
  accept: true,
  sessionSeconds,
  attributes,
});

async function start(t: Test, deps: Partial<RadiusServerDeps> = {}) {
  const now = testClock();
  const logged: string[] = [];
  const questions: AccessQuestion[] = [];
  const reports: AccountingReport[] = [];
  const note = (_: object, message: string): void => {
    logged.push(message);
  };
  const { judge = async () => accept(), account = async () => undefined, ...more } = deps;
  const server = createRadiusServer({
    nasAt: () => [nasOf()],
    now,
    log: { info: note, warn: note },
    rejectDelayMs: 0,
    judge: (question) => {
      questions.push(question);
      return judge(question);
    },
    account: (report) => {
      reports.push(report);
      return account(report);
    },
    ...more,
  });
  const ports = await server.listen({ host: '127.0.0.1', port: 0, accountingPort: 0 });
  t.teardown(server.close);
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  const answers: Packet[] = [];
  socket.on('message', (bytes) => answers.push(decode(bytes) as Packet));
  let ids = 0;

  const send = (bytes: Buffer, port = ports.port): Buffer => {
    socket.send(bytes, port, '127.0.0.1');
    return bytes;
  };
  const request = (code: number, attributes: RadiusAttribute[], parts: Partial<RequestParts> = {}): Buffer =>
    encodeRequest({ code, id: ids++ % 200, secret: SECRET, attributes, ...parts });
  const answerTo = (bytes: Buffer, ms = 2000): Promise<Packet> =>
    eventually(() => answers.find(({ id }) => id === bytes[1]), ms);
  /** Whatever was sent before has been taken by then. */
  const taken = async (port = ports.port): Promise<void> => {
    answers.splice(0, answers.length, ...answers.filter(({ id }) => id !== 255));
    send(encodeRequest({ code: CODE.statusServer, id: 255, secret: SECRET, attributes: [] }), port);
    await eventually(() => answers.some(({ id }) => id === 255));
    answers.splice(
      answers.findIndex(({ id }) => id === 255),
      1,
    );
  };
  return { server, ports, now, logged, questions, reports, answers, send, request, answerTo, taken };
}

const asking = (more: RadiusAttribute[] = []): RadiusAttribute[] => [
  text(TYPE.userName, 'guest'),
  { type: TYPE.userPassword, value: hidePassword('pin1234', AUTHENTICATOR, SECRET) },
  text(TYPE.callingStation, '02-00-00-00-AA-01'),
  ...more,
];
const FIXED = { authenticator: AUTHENTICATOR };
const FILTER_ID = 11;

t.test(
  'an answer is signed first of all, tells the seconds that are left, and gives a proxy its words back',
  async (t) => {
    const proxied = ['one', 'two'].map((value) => text(TYPE.proxyState, value));
    for (const [verdict, code] of [
      [accept([integer(TYPE.terminationAction, 1)], 3599.2), CODE.accessAccept],
      [{ accept: false, message: 'Type the PIN first' }, CODE.accessReject],
    ] as [Verdict, number][]) {
      const { request, send, answerTo, questions } = await start(t, { judge: async () => verdict });
      const bytes = send(request(CODE.accessRequest, asking(proxied), FIXED));
      const answer = await answerTo(bytes);
      t.equal(answer.code, code);
      t.equal(answer.attributes[0]?.type, TYPE.messageAuthenticator);
      t.equal(messageAuthenticator(answer, SECRET, AUTHENTICATOR), 'right');
      t.ok(responseIsOf(answer, AUTHENTICATOR, SECRET));
      t.strictSame(
        answer.attributes.filter(({ type }) => type === TYPE.proxyState).map(({ value }) => value.toString()),
        ['one', 'two'],
      );
      if (verdict.accept) t.equal(integerIn(answer.attributes, TYPE.sessionTimeout), 3600);
      else t.equal(textIn(answer.attributes, TYPE.replyMessage), 'Type the PIN first');
      t.match(questions[0], { gateway: LOBBY, nas: '127.0.0.1', username: 'guest', mac: MAC, byMac: false });
      t.ok(questions[0]?.verify('pin1234'));
      t.notOk(questions[0]?.verify('pin1235'));
      t.notOk(questions[0]?.verify(''));
    }
  },
);

t.test('nobody is let in for no time, and a time has a second at least', async (t) => {
  let seconds = 0;
  const { request, send, answerTo } = await start(t, { judge: async () => accept([], seconds) });
  for (const [given, found] of [
    [0, undefined],
    [-5, undefined],
    [Number.NaN, undefined],
    [0.2, 1],
    [1, 1],
    [86_400 * 30, 2_592_000],
    [Number.POSITIVE_INFINITY, 0x7fff_ffff],
  ] as const) {
    seconds = given;
    const { code, attributes } = await answerTo(send(request(CODE.accessRequest, asking())));
    t.equal(code, found === undefined ? CODE.accessReject : CODE.accessAccept, String(given));
    t.equal(integerIn(attributes, TYPE.sessionTimeout), found);
  }
});

t.test('what is not signed is not answered, and its setting is named once a minute', async (t) => {
  const { request, send, taken, answers, questions, logged, now } = await start(t);
  for (let n = 0; n < 3; n++) send(request(CODE.accessRequest, asking(), { messageAuthenticator: false }));
  await taken();
  t.equal(answers.length + questions.length, 0);
  t.equal(logged.length, 1);
  t.match(logged[0], /require-message-auth.*requireMessageAuthenticator=false/);
  now.advance(60_001);
  send(request(CODE.accessRequest, asking(), { messageAuthenticator: false }));
  await taken();
  t.equal(logged.length, 2);
  t.notMatch(logged.join(), SECRET);
});

t.test(
  'where the admin allows it what is not signed is answered, but nothing that came by a proxy',
  async (t) => {
    const { request, send, taken, answers, answerTo, questions } = await start(t, {
      nasAt: () => [nasOf(SECRET, false)],
    });
    const unsigned = { messageAuthenticator: false };
    const answer = await answerTo(send(request(CODE.accessRequest, asking(), unsigned)));
    t.equal(answer.attributes[0]?.type, TYPE.messageAuthenticator, 'the answer is signed all the same');
    answers.length = 0;
    send(request(CODE.accessRequest, asking([text(TYPE.proxyState, 'x')]), unsigned));
    send(request(CODE.statusServer, [], unsigned));
    await taken();
    t.equal(answers.length, 0);
    t.equal(questions.length, 1);
  },
);

t.test('a wrong signature, a wrong secret and a foreign address get nothing', async (t) => {
  let known = true;
  const { request, send, taken, answers, questions, reports, logged, ports } = await start(t, {
    nasAt: (address) => (known && address === '127.0.0.1' ? [nasOf()] : []),
  });
  send(request(CODE.accessRequest, asking(), { secret: 'other' }));
  send(
    request(CODE.accountingRequest, [integer(TYPE.statusType, 7)], { secret: 'other' }),
    ports.accountingPort,
  );
  const twice = request(
    CODE.accessRequest,
    asking([{ type: TYPE.messageAuthenticator, value: Buffer.alloc(16) }]),
  );
  send(twice);
  await taken();
  await taken(ports.accountingPort);
  t.match(logged.join(), /not signed by the secret of gateway lobby/);
  known = false;
  for (let n = 0; n < 3; n++) send(request(CODE.accessRequest, asking()));
  await eventually(() => logged.length === 2);
  t.match(logged[1], /in the field nas of no gateway/);
  t.equal(answers.length + questions.length + reports.length, 0);
});

t.test('of two gateways behind one address the secret tells which it is', async (t) => {
  const cafe = 'cafe' as GatewayId;
  const both = [nasOf(), nasOf('another-secret-of-length', true, cafe)];
  const { request, send, answerTo, answers, questions, reports, ports, taken, logged } = await start(t, {
    nasAt: () => both,
  });
  const other = { secret: 'another-secret-of-length' };
  const answer = await answerTo(send(request(CODE.accessRequest, asking(), { ...other, ...FIXED })));
  t.ok(responseIsOf(answer, AUTHENTICATOR, other.secret));
  await answerTo(send(request(CODE.accessRequest, asking())));
  t.strictSame(
    questions.map(({ gateway }) => gateway),
    [cafe, LOBBY],
  );
  await answerTo(
    send(request(CODE.accountingRequest, [integer(TYPE.statusType, 7)], other), ports.accountingPort),
  );
  t.strictSame(
    reports.map(({ gateway }) => gateway),
    [cafe],
  );
  answers.length = 0;
  both.splice(0, 2, nasOf(SECRET, false), nasOf('another-secret-of-length', false, cafe));
  send(request(CODE.accessRequest, asking(), { messageAuthenticator: false }));
  await taken();
  t.equal(answers.length, 0, 'without a signature it cannot be told');
  t.match(logged.join(), /Gateways lobby, cafe ask from one address/);
});

t.test('a router that asks more than can be judged keeps no other gateway from its answers', async (t) => {
  const cafe = 'cafe' as GatewayId;
  const secret = 'another-secret-of-length';
  const { request, send, answerTo, answers } = await start(t, {
    nasAt: () => [nasOf(), nasOf(secret, true, cafe)],
    openMost: 4,
    judge: ({ gateway }) => (gateway === cafe ? new Promise(() => undefined) : Promise.resolve(accept())),
  });
  for (let n = 0; n < 20; n++) send(request(CODE.accessRequest, asking(), { secret }));
  t.equal((await answerTo(send(request(CODE.accessRequest, asking())))).code, CODE.accessAccept);
  t.equal(answers.length, 1);
});

t.test('a packet that is sent again while it is judged is judged once', async (t) => {
  let decide = (_: Verdict): void => undefined;
  const { request, send, taken, answers, answerTo, questions, now } = await start(t, {
    judge: () =>
      new Promise((resolve) => {
        decide = resolve;
      }),
  });
  const bytes = send(request(CODE.accessRequest, asking()));
  for (let n = 0; n < 4; n++) send(bytes);
  await taken();
  t.equal(questions.length, 1);
  decide(accept());
  const answer = await answerTo(bytes);
  send(bytes);
  await eventually(() => answers.length === 2);
  t.strictSame(answers[1]?.bytes, answer.bytes, 'the same answer again');
  t.equal(questions.length, 1);
  const other = request(CODE.accessRequest, asking(), { id: bytes[1] as number });
  send(other);
  await eventually(() => questions.length === 2);
  decide(accept());
  await eventually(() => answers.length === 3);
  now.advance(30_001);
  send(bytes);
  await eventually(() => questions.length === 3);
  t.pass('and after its time it is a new question');
});

t.test('answers are kept for half a minute and in bounds', async (t) => {
  const now = testClock();
  const replies = createReplies({ now, keptMost: 10, openMost: 5 });
  for (let n = 0; n < 50; n++) {
    t.equal(replies.begin(`key ${n}`), 'new');
    replies.answered(`key ${n}`, Buffer.from([n]));
  }
  t.strictSame(replies.sizes(), { open: 0, given: 10 });
  t.strictSame(replies.begin('key 49'), Buffer.from([49]));
  t.equal(replies.begin('key 39'), 'new', 'the oldest went');
  for (let n = 0; n < 9; n++) replies.begin(`open ${n}`);
  t.equal(replies.sizes().open, 5);
  t.equal(replies.begin('one more'), 'open', 'no room: its router asks again');
  replies.dropped('open 0');
  t.equal(replies.begin('one more'), 'new');
  now.advance(30_001);
  replies.begin('later');
  t.equal(replies.sizes().given, 0);
});

t.test('where nobody can decide there is no answer, and the next try is judged anew', async (t) => {
  let outcome: () => Promise<Verdict> = () => Promise.reject(new Error('no store'));
  const { request, send, taken, answers, answerTo, questions, logged } = await start(t, {
    judge: () => outcome(),
    judgeMs: 50,
  });
  const bytes = send(request(CODE.accessRequest, asking()));
  await eventually(() => logged.length === 1);
  await taken();
  t.equal(answers.length, 0);
  let late = (_: Verdict): void => undefined;
  outcome = () =>
    new Promise((resolve) => {
      late = resolve;
    });
  send(bytes);
  await eventually(() => questions.length === 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  late(accept());
  await taken();
  t.equal(answers.length, 0, 'an answer that comes too late is none');
  outcome = async () => accept([{ type: TYPE.class, value: Buffer.alloc(300) }]);
  send(bytes);
  await eventually(() => questions.length === 3);
  await taken();
  t.equal(answers.length, 0, 'nor is one that does not fit');
  outcome = async () => accept();
  t.equal((await answerTo(send(bytes))).code, CODE.accessAccept);
});

t.test('what is decided after it was closed is not said', async (t) => {
  let decide = (_: Verdict): void => undefined;
  const { server, request, send, answers, questions, logged } = await start(t, {
    judge: () =>
      new Promise((resolve) => {
        decide = resolve;
      }),
  });
  send(request(CODE.accessRequest, asking()));
  await eventually(() => questions.length === 1);
  await server.close();
  decide(accept());
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(answers.length + logged.length, 0);
});

t.test('a refusal is put off, an acceptance is not', async (t) => {
  let verdict: Verdict = { accept: false };
  const { request, send, answerTo, questions } = await start(t, {
    judge: async () => verdict,
    rejectDelayMs: 300,
  });
  const begun = performance.now();
  const bytes = send(request(CODE.accessRequest, asking()));
  send(bytes);
  t.equal((await answerTo(bytes)).code, CODE.accessReject);
  t.ok(performance.now() - begun >= 290);
  t.equal(questions.length, 1, 'and what comes again meanwhile is the same question');
  verdict = accept();
  const again = performance.now();
  await answerTo(send(request(CODE.accessRequest, asking())));
  t.ok(performance.now() - again < 290);
});

t.test('a router is asked for nothing more when its report is kept, and not before', async (t) => {
  let keep = (): void => undefined;
  let fails = true;
  const { request, send, taken, answers, answerTo, reports, ports, now } = await start(t, {
    account: () =>
      fails
        ? Promise.reject(new Error('no store'))
        : new Promise((resolve) => {
            keep = () => resolve();
          }),
  });
  const bytes = request(CODE.accountingRequest, [
    integer(TYPE.statusType, 3),
    text(TYPE.sessionId, 'abc123'),
    text(TYPE.userName, 'guest'),
    text(TYPE.callingStation, '0200.0000.AA01'),
    text(TYPE.nasIdentifier, 'ap-1'),
    ...ipv4(TYPE.framedIp, '10.0.0.5'),
    integer(TYPE.inputOctets, 5),
    integer(TYPE.inputGigawords, 2),
    integer(TYPE.outputOctets, 7),
    text(TYPE.proxyState, 'back'),
  ]);
  send(bytes, ports.accountingPort);
  await eventually(() => reports.length === 1);
  await taken(ports.accountingPort);
  t.equal(answers.length, 0, 'what was not kept is not acknowledged');
  fails = false;
  send(bytes, ports.accountingPort);
  await eventually(() => reports.length === 2);
  await taken(ports.accountingPort);
  t.equal(answers.length, 0);
  keep();
  const answer = await answerTo(bytes);
  t.equal(answer.code, CODE.accountingResponse);
  t.ok(responseIsOf(answer, bytes.subarray(4, 20), SECRET));
  t.equal(textIn(answer.attributes, TYPE.proxyState), 'back');
  t.strictSame(reports[1], {
    gateway: LOBBY,
    nas: '127.0.0.1',
    event: 'interim',
    nasId: 'ap-1',
    session: {
      mac: MAC,
      id: 'abc123',
      username: 'guest',
      nas: '127.0.0.1',
      nasId: 'ap-1',
      station: '0200.0000.AA01',
      ip: '10.0.0.5',
      seenAt: now(),
    },
    inputOctets: 2 * 0x1_0000_0000 + 5,
    outputOctets: 7,
  });
});

t.test('what a router reports is told by its event, and what is none of ours is acknowledged', async (t) => {
  const { request, send, answerTo, reports, ports } = await start(t);
  const account = (status: number, ...more: RadiusAttribute[]) =>
    answerTo(
      send(
        request(CODE.accountingRequest, [integer(TYPE.statusType, status), ...more]),
        ports.accountingPort,
      ),
    );
  const id = text(TYPE.sessionId, 'x');
  await account(1, id, text(TYPE.userName, '02000000aa01'));
  await account(2, id, text(TYPE.callingStation, '02-00-00-00-AA-01'), integer(TYPE.terminateCause, 5));
  await account(7);
  await account(8, ...ipv4(TYPE.nasIp, '192.0.2.7'));
  t.match(reports, [
    { event: 'start', session: { mac: MAC, id: 'x' } },
    { event: 'stop', session: { mac: MAC }, cause: 5 },
    { event: 'on' },
    { event: 'off', nasIp: '192.0.2.7' },
  ]);
  await account(15);
  await account(1, id, text(TYPE.userName, 'guest'));
  await account(1, text(TYPE.callingStation, '02-00-00-00-AA-01'));
  await account(1, text(TYPE.sessionId, 'a\nb'), text(TYPE.callingStation, '02-00-00-00-AA-01'));
  t.equal(reports.length, 4);
});

t.test('both ports say that they are there, each in its way', async (t) => {
  const { request, send, answerTo, ports, questions, reports } = await start(t);
  const access = await answerTo(send(request(CODE.statusServer, [])));
  t.equal(access.code, CODE.accessAccept);
  t.equal(integerIn(access.attributes, TYPE.sessionTimeout), undefined);
  const accounting = await answerTo(send(request(CODE.statusServer, []), ports.accountingPort));
  t.equal(accounting.code, CODE.accountingResponse);
  t.equal(questions.length + reports.length, 0);
});

t.test('each port takes its own kind of packet only', async (t) => {
  const { request, send, taken, answers, ports, questions, reports } = await start(t);
  send(request(CODE.accountingRequest, [integer(TYPE.statusType, 7)]));
  send(request(CODE.accessRequest, asking()), ports.accountingPort);
  for (const code of [CODE.accessAccept, CODE.accessChallenge, CODE.disconnectRequest, CODE.coaRequest, 99])
    send(request(code, asking()));
  await taken();
  await taken(ports.accountingPort);
  t.equal(answers.length + questions.length + reports.length, 0);
});

t.test('nothing that is thrown at it is answered, and it goes on', async (t) => {
  const { request, send, taken, answers, questions, reports, ports } = await start(t);
  const whole = request(CODE.accessRequest, asking());
  const counted = request(CODE.accountingRequest, [integer(TYPE.statusType, 1), text(TYPE.sessionId, 'x')]);
  const mutated = (bytes: Buffer) =>
    fc
      .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(bytes.length))
      .map(([at, change, length]) => {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] as number) ^ change;
        return Buffer.concat([copy.subarray(0, Math.max(at + 1, length)), Buffer.alloc(length % 7)]);
      })
      // Octets after the end of a packet are none of it.
      .filter((copy) => !copy.subarray(0, bytes.length).equals(bytes));
  const junk = fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes));
  const headed = fc
    .tuple(fc.constantFrom(1, 4, 12), fc.uint8Array({ minLength: 16, maxLength: 300 }))
    .map(([code, rest]) => {
      const bytes = Buffer.concat([Buffer.from([code, 1, 0, 0]), rest]);
      bytes.writeUInt16BE(bytes.length, 2);
      return bytes;
    });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(junk, headed, mutated(whole), mutated(counted)), { maxLength: 20 }),
      async (all) => {
        for (const bytes of all) {
          send(bytes);
          send(bytes, ports.accountingPort);
        }
        await taken();
        await taken(ports.accountingPort);
        return answers.length === 0;
      },
    ),
    { numRuns: 60 },
  );
  t.equal(questions.length + reports.length, 0);
});

t.test('it listens for both families, and says where a port is in use', async (t) => {
  const { ports, logged } = await start(t);
  t.equal(logged.length, 0);
  const log = { info: () => undefined, warn: () => undefined };
  const judge = async (question: AccessQuestion) => accept([text(FILTER_ID, question.nas)]);
  const wide = createRadiusServer({
    nasAt: () => [nasOf()],
    judge,
    account: async () => undefined,
    now: testClock(),
    log,
  });
  const at = await wide.listen({ host: '::', port: 0, accountingPort: 0 });
  t.teardown(wide.close);
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  const answered = once(socket, 'message');
  socket.send(encodeRequest({ code: 1, id: 1, secret: SECRET, attributes: asking() }), at.port, '127.0.0.1');
  const [bytes] = await answered;
  t.equal(textIn((decode(bytes) as Packet).attributes, FILTER_ID), '127.0.0.1', 'an IPv4 address as such');
  const late = createRadiusServer({
    nasAt: () => [],
    judge,
    account: async () => undefined,
    now: testClock(),
    log,
  });
  await t.rejects(late.listen({ host: '127.0.0.1', port: 0, accountingPort: ports.accountingPort }), {
    code: 'EADDRINUSE',
  });
  const port = (await late.listen({ host: '127.0.0.1', port: 0, accountingPort: 0 })).port;
  t.ok(port);
  await late.close();
});

t.test('a question is by MAC only where the router itself asks about the client that it sees', async (t) => {
  const nas = nasOf();
  const question = (attributes: RadiusAttribute[]) => {
    const bytes = encodeRequest({ code: 1, id: 1, secret: SECRET, attributes, ...FIXED });
    return questionOf(decode(bytes) as Packet, nas, '127.0.0.1');
  };
  const pap = (password: string): RadiusAttribute => ({
    type: TYPE.userPassword,
    value: hidePassword(password, AUTHENTICATOR, SECRET),
  });
  const chap = (password: string): RadiusAttribute => ({
    type: TYPE.chapPassword,
    value: chapPassword(3, password, AUTHENTICATOR),
  });
  const by = (name: string, station: string | undefined, ...more: RadiusAttribute[]) =>
    question([
      text(TYPE.userName, name),
      ...(station === undefined ? [] : [text(TYPE.callingStation, station)]),
      ...more,
    ]).byMac;
  const dashes = '02-00-00-00-AA-01';
  t.ok(by('02000000aa01', dashes, pap('02000000aa01')), 'as Cisco and UniFi do');
  t.ok(by('02:00:00:00:AA:01', '02:00:00:00:AA:01', pap('')), 'as RouterOS does');
  t.ok(by('0200.0000.aa01', dashes, chap('02-00-00-00-aa-01')), 'by CHAP, the password in another form');
  t.ok(by('02000000aa01', dashes, pap(SECRET)), 'with the shared secret, as Cisco WLC can');
  t.ok(by('02000000aa01', dashes, integer(TYPE.serviceType, 10), pap('whatever')), 'Call-Check');
  t.ok(by('02000000aa01', dashes), 'without a password');
  t.notOk(by('02000000aa01', dashes, pap('guess')), 'with a password that somebody typed');
  t.notOk(by('02000000aa02', dashes, pap('02000000aa02')), 'another MAC than that of the client');
  t.notOk(by('02000000aa01', undefined, pap('02000000aa01')), 'a client that the router does not name');
  t.notOk(by('guest', dashes, pap('02000000aa01')), 'a name that is no MAC');
  t.notOk(by('02000000aa01', dashes, text(TYPE.eapMessage, 'x')), 'EAP');
});

t.test('a question says what the router says of the client', async (t) => {
  const question = (attributes: RadiusAttribute[]) => {
    const bytes = encodeRequest({ code: 1, id: 1, secret: SECRET, attributes, ...FIXED });
    return questionOf(decode(bytes) as Packet, nasOf(), '127.0.0.1');
  };
  const called = (station: string) => question([text(TYPE.calledStation, station)]);
  t.match(called('02-00-00-00-CC-01:Guests: all'), { ap: '02:00:00:00:cc:01', ssid: 'Guests: all' });
  t.match(called('02:00:00:00:cc:01:Guests'), { ap: '02:00:00:00:cc:01', ssid: 'Guests' });
  t.match(called('02000000cc01'), { ap: '02:00:00:00:cc:01' });
  t.equal(called('hotspot1').ap, undefined);
  const more = [vendor(VENDOR.aruba, text(5, 'Guests')), ...ipv4(TYPE.framedIp, '10.0.0.5')];
  t.match(question(more), { ssid: 'Guests', ip: '10.0.0.5', username: '' });
  const chap = question([
    { type: TYPE.chapPassword, value: chapPassword(9, 'pin1234', Buffer.from('a challenge')) },
    text(TYPE.chapChallenge, 'a challenge'),
  ]);
  t.ok(chap.verify('pin1234'));
  t.notOk(chap.verify('pin1235'));
  const ms = question([vendor(VENDOR.microsoft, { type: 25, value: Buffer.alloc(50) })]);
  t.notOk(ms.verify(''));
});
