/** Health check of a container: asks a listener of this process by its own name, however that is configured. */
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { loadConfig } from '../dist/config.js';
import { fail } from './setup.mjs';

const TIMEOUT_MS = 4000;
const EVERYWHERE = ['::', '0.0.0.0'];

/** The first listener that these roles have; a worker has none, and ends by itself when something is wrong. */
function listenerOf({ roles, ...config }, secure) {
  if (roles.includes('admin'))
    return { host: config.adminHost, port: config.adminPort, url: config.adminUrl, secure };
  if (roles.includes('people'))
    return { host: config.peopleHost, port: config.peoplePort, url: config.peopleUrl, secure };
  if (roles.includes('guest'))
    return { host: config.host, port: config.port, url: config.portalUrl, secure: false };
  return undefined;
}

function ask({ host, port, url, secure }) {
  const hostname = EVERYWHERE.includes(host) ? '127.0.0.1' : host;
  const options = {
    hostname,
    port,
    path: '/healthz',
    timeout: TIMEOUT_MS,
    // A listener with a configured name answers to that name only.
    ...(url ? { headers: { host: new URL(url).host } } : {}),
    // The certificate is for the name that people use, not for the address asked here.
    ...(secure ? { rejectUnauthorized: false } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http)(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
    request.end();
  });
}

// Whether the certificate on the disk is good is not the question: a bad renewal leaves the process with the one it has.
const { TLS_CERT, TLS_KEY, TLS_CERT_FILE, TLS_KEY_FILE, ...env } = process.env;
const loaded = loadConfig(env);
if (!loaded.ok) fail(loaded.problems.join('\n'));
const listener = listenerOf(loaded.config, Boolean(TLS_CERT || TLS_CERT_FILE || TLS_KEY || TLS_KEY_FILE));
if (listener) {
  const status = await ask(listener).catch((error) => fail(`Port ${listener.port}: ${error.message}`));
  if (status !== 200) fail(`Port ${listener.port} answers with ${status}`);
}
