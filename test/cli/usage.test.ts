import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { SYNTAX } from '../../src/cli.js';
import { foyer, isRefusal, isWrongUsage, SECRET, startCli } from '../fixtures/cli.js';
import { redisFolder } from '../fixtures/redis.js';

/** Nothing listens here: whoever is wrong by usage or configuration is told without any Redis. */
const NOWHERE = { REDIS_URL: 'redis://127.0.0.1:1', SECRET };

t.test('the help lists every command with its usage and a sentence', async (t) => {
  const { code, out, err } = await foyer(['help']);
  t.equal(code, 0);
  t.equal(err, '');
  for (const { name, usage, help } of SYNTAX) {
    t.ok(out.includes(`  foyer ${name} ${usage}`.trimEnd()), name);
    t.ok(out.includes(`\n      ${help}\n`), name);
    t.match(help, /^[A-Z][a-z]+ .{12,}\.$/, name);
  }
  t.same(
    SYNTAX.map(({ name }) => name),
    [
      'config',
      'doctor',
      ...['site add', 'site list', 'site remove', 'admin add', 'admin reset', 'key add'],
      ...['add', 'list', 'show', 'extend', 'cancel', 'check-in', 'check-out', 'reissue'].map(
        (one) => `visit ${one}`,
      ),
      ...['grant list', 'grant revoke'],
      ...['list', 'set', 'remove', 'test', 'rules'].map((one) => `gateway ${one}`),
      ...['settings get', 'settings set'],
    ],
  );
});

t.test('every option of a command stands in its usage, and what its usage names it takes', async (t) => {
  for (const { name, usage, options = {}, required = [] } of SYNTAX) {
    const named = [...usage.matchAll(/--([a-z-]+)/g)].map(([, option = '']) => option);
    t.same(named.sort(), Object.keys(options).sort(), name);
    for (const option of required) t.notMatch(usage, new RegExp(`\\[--${option}\\b`), name);
  }
});

t.test('help is there for all, for a family and for one command, and as JSON', async (t) => {
  for (const argv of [['--help'], ['-h'], ['help']])
    t.match((await foyer(argv)).out, /foyer visit add.*settings/s);
  for (const argv of [
    ['help', 'grant'],
    ['grant', '--help'],
  ]) {
    const { code, out } = await foyer(argv);
    t.equal(code, 0);
    t.match(out, /foyer grant list.*foyer grant revoke/s);
    t.notMatch(out, /foyer visit/);
  }
  for (const argv of [
    ['help', 'visit', 'add'],
    ['visit', 'add', '--help'],
    ['visit', 'add', '-h'],
  ]) {
    const { code, out } = await foyer(argv);
    t.equal(code, 0);
    t.match(out, /foyer visit add --name/);
    t.notMatch(out, /foyer visit list/);
  }
  t.match(JSON.parse((await foyer(['help', '--json'])).out), [{ name: 'config', usage: 'foyer config' }]);
});

t.test('wrong usage is told with the help of what was meant, before any Redis is asked', async (t) => {
  const cases: [string, RegExp][] = [
    ['', /a command is missing.*foyer visit add/s],
    ['--json', /a command is missing/],
    ['dance', /no command "dance".*foyer visit add/s],
    ['help dance', /no command "dance"/],
    ['visit', /"visit" needs a second word.*foyer visit add.*foyer visit reissue/s],
    ['visit dance', /no command "visit dance".*foyer visit reissue/s],
    ['visit list --colour red', /'--colour'.*foyer visit list/s],
    ['visit list too many', /"too" is too much/],
    ['visit show', /a word is missing.*foyer visit show <id>/s],
    ['visit add --arrives 2026-11-23T09:00', /--name is missing/],
    ['visit add --name Ada', /--arrives is missing/],
    ['visit add --name= --arrives 2026-11-23T09:00', /--name is missing/],
    ['visit add --name', /--name/],
    ['visit add --name A --arrives x --minutes soon', /--minutes takes a whole number, not "soon"/],
    ['visit add --name A --arrives x --devices 1.5', /--devices takes a whole number/],
    ['visit add --name A --arrives x --minutes 5 --until y', /--minutes or --until, not both/],
    ['visit list --state gone', /--state takes one of expected, checked-in/],
    ['visit extend v1', /one of --by, --minutes, --until/],
    ['visit extend v1 --by 5 --minutes 60', /one of --by, --minutes, --until/],
    ['admin add a@example.com', /--role is missing/],
    ['admin add a@example.com --role king', /--role takes one of desk, admin, owner, not "king"/],
    ['key add desk --role king', /--role takes one of/],
    ['gateway set lan', /--kind is missing/],
    ['gateway set lan --kind demo colour', /"colour" is no field=value/],
    ['gateway set lan --kind demo =red', /"=red" is no field=value/],
    ['gateway set lan --kind demo kind=demo', /the kind is given by --kind/],
    ['gateway set lan --kind demo allow=a allow=b', /field allow is there twice/],
    ['settings set tokens.enabled', /a word is missing/],
    ['config PORT', /"PORT" is too much/],
    ['visit list --site Main_Site', /--site takes an id/],
  ];
  for (const [line, says] of cases) {
    const said = await foyer(line.split(' ').filter(Boolean), NOWHERE);
    t.ok(isWrongUsage(said, says), `foyer ${line}: ${JSON.stringify(said)}`);
  }
});

t.test('the configuration is printed with what is secret masked', async (t) => {
  const env = {
    ...NOWHERE,
    REDIS_URL: 'redis://u:hidden1@r.example',
    SMTP_URL: 'smtp://u:hidden2@m',
    PORT: '80',
  };
  const { code, out, err } = await foyer(['config'], env);
  t.equal(code, 0);
  t.equal(err, '');
  t.match(out, /^PORT=80 {2}\(environment\)$/m);
  t.match(out, /^ADMIN_PORT=8081 {2}\(default\)$/m);
  t.match(out, /^SECRET=\*+ {2}\(environment\)$/m);
  const json = await foyer(['--json', 'config'], env);
  t.match(JSON.parse(json.out), [{ name: 'PORT', value: '80', source: 'environment' }]);
  for (const text of [out, json.out]) t.notMatch(text, /hidden|secret of the tests/);
});

t.test('a value that stands in a file is read from there', async (t) => {
  const path = join(redisFolder(t), 'port');
  writeFileSync(path, '8090\n');
  t.match((await foyer(['config'], { PORT_FILE: path })).out, /^PORT=8090 {2}\(file\)$/m);
  t.ok(isRefusal(await foyer(['config'], { PORT_FILE: `${path}.no` }), /PORT_FILE.*ENOENT/));
});

t.test('a wrong configuration stops every command with all its problems', async (t) => {
  const env = { PORT: 'http', ROLES: 'dancer', SECRET: 'hunter2', LOG_LEVEL: 'loud' };
  for (const argv of [['config'], ['visit', 'list', '--json']]) {
    const said = await foyer(argv, env);
    t.ok(isRefusal(said, /PORT: /, /ROLES: /, /SECRET: /, /LOG_LEVEL: /), said.err);
    t.notMatch(said.err, /hunter2/);
  }
});

t.test('a Redis that does not answer is said within seconds', async (t) => {
  const since = performance.now();
  const said = await foyer(['visit', 'list'], NOWHERE);
  t.ok(isRefusal(said, /Redis does not answer \(ECONNREFUSED\)/, /REDIS_URL/), said.err);
  t.ok(performance.now() - since < 9000);
});

t.test('another SECRET than the one of the data is refused with the reason', async (t) => {
  const cli = await startCli(t);
  const said = await foyer(['visit', 'list'], { ...cli.env, SECRET: `${SECRET} of another house` });
  t.ok(isRefusal(said, /SECRET is not the one that the data were written under/, /former value/), said.err);
  t.notMatch(said.err, /another house/);
  t.equal((await cli.run('visit', 'list')).code, 0, 'with the right one all is there');
});

t.test('while the clock cannot be trusted it shows and decides nothing', async (t) => {
  const cli = await startCli(t);
  const [seconds = 0] = await cli.server.redis.time();
  const later = String((Number(seconds) + 3600) * 1000);
  await cli.server.redis.xadd('foyer:{main}:events', '*', 'type', 'visit.registered', 'at', later);
  const add = ['visit', 'add', '--name', 'Ada', '--arrives', '2026-11-23T09:00'];
  for (const argv of [add, ['site', 'add', 'annex'], ['key', 'add', 'k', '--role', 'desk']]) {
    const said = await cli.run(...argv);
    t.ok(isRefusal(said, /time of Redis lies \d+ s before the newest event; no decisions/), said.err);
  }
  t.same(await cli.json('visit', 'list'), { items: [], next: null });
});
