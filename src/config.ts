import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CONFIG_TABLE, type Config, type Variable } from './config-table.js';
import { maskUrl } from './redis/url.js';

export type { Config, LogLevel, Role } from './config-table.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export type LoadedConfig = { ok: true; config: Config } | { ok: false; problems: string[] };

/** Reads a text file; throws where it cannot be read. */
export type ReadFile = (path: string) => string;

/** One row of `foyer config`. */
export interface ConfigRow {
  name: string;
  /** Effective value, secrets and passwords masked; `''` where there is none. */
  value: string;
  source: 'default' | 'environment' | 'file';
  help: string;
}

/** A certificate chain and its private key, PEM text. */
export interface TlsPair {
  cert: string;
  key: string;
}

const VARIABLES: readonly (Variable<unknown> & { key: string })[] = Object.entries(CONFIG_TABLE).map(
  ([key, variable]) => ({ key, ...variable }),
);

const MASK = '********';

const readText: ReadFile = (path) => readFileSync(path, 'utf8');

/**
 * Reads the configuration. `<NAME>_FILE` names a file that holds the value of `NAME`. An empty variable counts as
 * not set. On failure every problem is named at once.
 */
export function loadConfig(env: Environment, readFile: ReadFile = readText): LoadedConfig {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const variable of VARIABLES) {
    const found = find(variable.name, env, readFile);
    if ('problem' in found) {
      problems.push(found.problem);
      continue;
    }
    const text = found.text ?? variable.fallback;
    if (text === undefined) continue;
    const parsed = variable.parse(text, readFile);
    if (parsed.ok) values[variable.key] = parsed.value;
    else problems.push(explain(variable, text, parsed.expected));
  }
  const config = values as unknown as Config;
  problems.push(...crossProblems(config, problems.length === 0));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

function find(
  name: string,
  env: Environment,
  readFile: ReadFile,
): { text: string | undefined } | { problem: string } {
  const [direct, path] = [env[name] || undefined, env[`${name}_FILE`] || undefined];
  if (path === undefined) return { text: direct };
  if (direct !== undefined) return { problem: `${name} and ${name}_FILE are both set; keep one of them` };
  try {
    const text = readFile(path).replace(/\r?\n$/, '');
    return text ? { text } : { problem: `${name}_FILE: the file "${path}" is empty` };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return { problem: `${name}_FILE: the file "${path}" cannot be read${reason}` };
  }
}

function explain(variable: Variable<unknown>, text: string, expected: string): string {
  const given = variable.secret ? 'the value given' : `"${show(variable, text)}"`;
  return `${variable.name}: ${given} is wrong: ${expected}. For example: ${variable.name}=${variable.example}`;
}

function show(variable: Variable<unknown>, text: string): string {
  if (variable.secret || text.startsWith('-----BEGIN')) return MASK;
  const masked = maskUrl(text);
  return masked.length > 200 ? `${masked.slice(0, 200)}...` : masked;
}

function crossProblems(config: Partial<Config>, complete: boolean): string[] {
  const problems: string[] = [];
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined) && complete) {
    const [has, lacks] = config.tlsCert === undefined ? ['TLS_KEY', 'TLS_CERT'] : ['TLS_CERT', 'TLS_KEY'];
    problems.push(
      `${has} is set and ${lacks} is not: https needs both. For example: ${lacks}=/etc/foyer/tls.pem`,
    );
  }
  if (config.tlsCert && config.tlsKey && !belongs(config.tlsCert, config.tlsKey)) problems.push(NOT_A_PAIR);
  if (config.roles && config.roles.length < 4 && complete && config.redisUrl === undefined)
    problems.push(
      'ROLES is not all of guest,admin,people,worker, and the other roles of this site need the same Redis: set REDIS_URL. ' +
        'For example: REDIS_URL=redis://10.0.0.5:6379',
    );
  if (complete) problems.push(...portProblems(config as Config));
  return problems;
}

/**
 * The certificate and its key as their files hold them now, for a renewal without a restart. Undefined where neither
 * comes from a file: then nothing can change.
 */
export function readTlsAgain(
  env: Environment,
  readFile: ReadFile = readText,
): TlsPair | { problem: string } | undefined {
  const given = [CONFIG_TABLE.tlsCert, CONFIG_TABLE.tlsKey].map((variable) => {
    const text = env[variable.name] || undefined;
    const inFile =
      text === undefined ? Boolean(env[`${variable.name}_FILE`]) : !text.startsWith('-----BEGIN');
    return { variable, inFile };
  });
  if (!given.some(({ inFile }) => inFile)) return undefined;
  const texts: string[] = [];
  for (const { variable } of given) {
    const found = find(variable.name, env, readFile);
    if ('problem' in found) return found;
    const parsed = variable.parse(found.text ?? '', readFile);
    if (!parsed.ok) return { problem: `${variable.name}: ${parsed.expected}` };
    texts.push(parsed.value);
  }
  const [cert = '', key = ''] = texts;
  return belongs(cert, key) ? { cert, key } : { problem: NOT_A_PAIR };
}

const NOT_A_PAIR = 'TLS_KEY does not belong to the certificate in TLS_CERT';

const belongs = (cert: string, key: string): boolean =>
  new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));

function portProblems(config: Config): string[] {
  const listeners = [
    { name: 'PORT', host: config.host, port: config.port },
    { name: 'ADMIN_PORT', host: config.adminHost, port: config.adminPort },
    { name: 'PEOPLE_PORT', host: config.peopleHost, port: config.peoplePort },
    ...(config.tlsCert ? [{ name: 'TLS_PORT', host: config.host, port: config.tlsPort }] : []),
  ];
  const everywhere = (host: string) => host === '::' || host === '0.0.0.0';
  return listeners.flatMap((one, index) =>
    listeners
      .slice(0, index)
      .filter(
        ({ port, host }) =>
          port !== 0 && port === one.port && (host === one.host || everywhere(host) || everywhere(one.host)),
      )
      .map(
        ({ name }) => `${one.name} and ${name} are both ${one.port} on the same address; give each its own`,
      ),
  );
}

/** What is in force and where it comes from, for people. Nothing secret stands in it. */
export function describeConfig(config: Config, env: Environment): ConfigRow[] {
  return VARIABLES.map((variable) => {
    const { name, help } = variable;
    const value = config[variable.key as keyof Config];
    const source = env[name] ? 'environment' : env[`${name}_FILE`] ? 'file' : 'default';
    if (value === undefined) return { name, value: '', source, help };
    if (variable.secret) return { name, value: MASK, source, help };
    const text = Array.isArray(value) ? value.join(',') : String(value);
    if (!text.startsWith('-----BEGIN')) return { name, value: maskUrl(text), source, help };
    const path = env[name] || env[`${name}_FILE`] || '';
    return { name, value: path.startsWith('-----BEGIN') ? '(PEM text)' : path, source, help };
  });
}
