import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';

/** A certificate of its own for these names, as the environment takes it. */
export function certificate(...names: string[]): { TLS_KEY: string; TLS_CERT: string } {
  const order =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout - -out - -subj /CN=foyer';
  const alternatives = ['foyer', ...names].map((name) => `DNS:${name}`).join(',');
  const text = execFileSync('openssl', [...order.split(' '), '-addext', `subjectAltName=${alternatives}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [TLS_KEY = '', TLS_CERT = ''] = text.split(/(?=-----BEGIN CERT)/);
  return { TLS_KEY, TLS_CERT };
}

/** A port that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
