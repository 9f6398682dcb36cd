import t from 'tap';
import { createPostbox, type Letter } from '../../src/services/mail/postbox.js';
import { NINE } from '../fixtures/runtime.js';
import { startSmtp } from '../fixtures/smtp.js';
import { certificate } from '../http/certificate.js';

const letter: Letter = {
  id: 'm1',
  from: { name: '', address: 'foyer@example.com' },
  to: { name: 'Ada', address: 'ada@example.com' },
  replyTo: '',
  lang: 'en',
  subject: 'Your code',
  html: '<p>12345678</p>',
  text: '12345678',
  pictures: [],
  date: new Date(NINE),
};

const { TLS_KEY: key, TLS_CERT: cert } = certificate('localhost');

for (const from of ['start', 'command'] as const) {
  t.test(`a mail server whose certificate is trusted gets mail encrypted, from the ${from} on`, async (t) => {
    const smtp = await startSmtp(t, { tls: { from, key, cert } });
    const url = new URL(smtp.url.replace('127.0.0.1', 'localhost'));
    const post = async (query: Record<string, string> = {}) => {
      const postbox = createPostbox(`${url}?${new URLSearchParams(query)}`);
      t.teardown(() => postbox.close());
      return postbox.post(letter);
    };
    const refused = await post();
    t.match(refused, { status: 'later', away: true, words: /self-signed certificate/ });
    t.equal(smtp.data.length, 0, 'a stranger gets nothing');
    t.match(await post({ 'tls.ca': cert }), { status: 'accepted' });
    t.match(smtp.received, [{ secure: true, to: ['ada@example.com'] }]);
  });
}

t.test('where encryption is asked for, a server without it gets no mail', async (t) => {
  const smtp = await startSmtp(t);
  const postbox = createPostbox(`${smtp.url}?requireTLS=true`);
  t.teardown(() => postbox.close());
  t.match(await postbox.post(letter), { status: 'later' });
  t.equal(smtp.data.length, 0);
});
