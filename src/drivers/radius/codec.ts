import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RadiusAttribute } from '../driver.js';
import { TYPE, VALUE_MOST } from './attributes.js';

/** RADIUS packets (RFC 2865, 2866, 3579, 5176, 5997) as bytes. Pure but for the random authenticator of a request. */

export const CODE = {
  accessRequest: 1,
  accessAccept: 2,
  accessReject: 3,
  accountingRequest: 4,
  accountingResponse: 5,
  accessChallenge: 11,
  statusServer: 12,
  disconnectRequest: 40,
  disconnectAck: 41,
  disconnectNak: 42,
  coaRequest: 43,
  coaAck: 44,
  coaNak: 45,
} as const;

const HEAD = 20;
const PACKET_MOST = 4096;
const DIGEST = 16;
const ZEROS = Buffer.alloc(DIGEST);

export interface Packet {
  code: number;
  id: number;
  authenticator: Buffer;
  /** Their values are parts of `bytes`. */
  attributes: RadiusAttribute[];
  /** The packet without what may follow it in its datagram. */
  bytes: Buffer;
}

/** Undefined for what is no packet. */
export function decode(datagram: Buffer): Packet | undefined {
  if (datagram.length < HEAD || datagram.length > PACKET_MOST) return undefined;
  const length = datagram.readUInt16BE(2);
  if (length < HEAD || length > datagram.length) return undefined;
  const bytes = Buffer.from(datagram.subarray(0, length));
  const attributes: RadiusAttribute[] = [];
  for (let at = HEAD; at < length; ) {
    const size = at + 2 <= length ? bytes.readUInt8(at + 1) : 0;
    if (size < 2 || at + size > length) return undefined;
    attributes.push({ type: bytes.readUInt8(at), value: bytes.subarray(at + 2, at + size) });
    at += size;
  }
  return {
    code: bytes.readUInt8(0),
    id: bytes.readUInt8(1),
    authenticator: bytes.subarray(4, HEAD),
    attributes,
    bytes,
  };
}

/** Throws RangeError for what does not fit. */
function assemble(
  code: number,
  id: number,
  authenticator: Buffer,
  attributes: readonly RadiusAttribute[],
): Buffer {
  const parts = attributes.map(({ type, value }) => {
    if (value.length > VALUE_MOST) throw new RangeError(`attribute ${type} is too long`);
    return Buffer.concat([Buffer.from([type, value.length + 2]), value]);
  });
  const bytes = Buffer.concat([Buffer.from([code, id, 0, 0]), authenticator, ...parts]);
  if (bytes.length > PACKET_MOST) throw new RangeError('the packet is too long');
  bytes.writeUInt16BE(bytes.length, 2);
  return bytes;
}

const md5 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** The packet with another authenticator in its head. */
function withHead(bytes: Buffer, authenticator: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  authenticator.copy(copy, 4);
  return copy;
}

const MESSAGE_AUTHENTICATOR: RadiusAttribute = { type: TYPE.messageAuthenticator, value: ZEROS };
/** It stands first (CVE-2024-3596): nothing that an attacker chooses comes before it. */
const SIGNED_AT = HEAD + 2;

function sign(bytes: Buffer, secret: string): void {
  createHmac('md5', secret).update(bytes).digest().copy(bytes, SIGNED_AT);
}

/** Requests whose authenticator is no random number but a digest. */
const digested = (code: number): boolean =>
  code === CODE.accountingRequest || code === CODE.disconnectRequest || code === CODE.coaRequest;

const isRequest = (code: number): boolean =>
  digested(code) || code === CODE.accessRequest || code === CODE.statusServer;

export interface RequestParts {
  code: number;
  id: number;
  secret: string;
  attributes: readonly RadiusAttribute[];
  /** Of an Access-Request or Status-Server; a random one where it is left out. */
  authenticator?: Buffer;
  /** Left out: yes. */
  messageAuthenticator?: boolean;
}

export function encodeRequest({ code, id, secret, attributes, ...options }: RequestParts): Buffer {
  const signed = options.messageAuthenticator ?? true;
  const head = digested(code) ? ZEROS : (options.authenticator ?? randomBytes(DIGEST));
  const bytes = assemble(code, id, head, signed ? [MESSAGE_AUTHENTICATOR, ...attributes] : attributes);
  // RFC 5176, 2.3: first the signature, over an authenticator of zeros, then the authenticator.
  if (signed) sign(bytes, secret);
  return digested(code) ? withHead(bytes, md5(bytes, secret)) : bytes;
}

export interface ResponseParts {
  code: number;
  secret: string;
  attributes: readonly RadiusAttribute[];
  /** Left out: yes. */
  messageAuthenticator?: boolean;
}

export function encodeResponse(
  request: Pick<Packet, 'id' | 'authenticator'>,
  { code, secret, attributes, messageAuthenticator: signed = true }: ResponseParts,
): Buffer {
  const bytes = assemble(
    code,
    request.id,
    request.authenticator,
    signed ? [MESSAGE_AUTHENTICATOR, ...attributes] : attributes,
  );
  if (signed) sign(bytes, secret);
  return withHead(bytes, md5(bytes, secret));
}

/** `asked`: the authenticator of the request, where the packet is a response. */
export function messageAuthenticator(
  packet: Packet,
  secret: string,
  asked?: Buffer,
): 'right' | 'wrong' | 'absent' {
  const found = packet.attributes.filter(({ type }) => type === TYPE.messageAuthenticator);
  const [{ value } = { value: ZEROS }] = found;
  if (found.length === 0) return 'absent';
  if (found.length > 1 || value.length !== DIGEST) return 'wrong';
  const head = isRequest(packet.code)
    ? digested(packet.code)
      ? ZEROS
      : packet.authenticator
    : (asked ?? ZEROS);
  const bytes = withHead(packet.bytes, head);
  bytes.fill(
    0,
    value.byteOffset - packet.bytes.byteOffset,
    value.byteOffset - packet.bytes.byteOffset + DIGEST,
  );
  return same(createHmac('md5', secret).update(bytes).digest(), value) ? 'right' : 'wrong';
}

/** Whether an Accounting-, Disconnect- or CoA-Request was made with this secret. */
export const requestIsOf = (packet: Packet, secret: string): boolean =>
  same(md5(withHead(packet.bytes, ZEROS), secret), packet.authenticator);

/** Whether a response answers the request with this authenticator, and was made with this secret. */
export const responseIsOf = (packet: Packet, asked: Buffer, secret: string): boolean =>
  same(md5(withHead(packet.bytes, asked), secret), packet.authenticator);

function crossed(from: Buffer, authenticator: Buffer, secret: string, hiding: boolean): Buffer {
  const out = Buffer.alloc(from.length);
  let previous = authenticator;
  for (let at = 0; at < from.length; at += DIGEST) {
    const key = md5(secret, previous);
    for (let n = 0; n < DIGEST; n++) out[at + n] = (from[at + n] as number) ^ (key[n] as number);
    previous = (hiding ? out : from).subarray(at, at + DIGEST);
  }
  return out;
}

/** User-Password as it goes onto the wire (RFC 2865, 5.2). */
export function hidePassword(password: string, authenticator: Buffer, secret: string): Buffer {
  const plain = Buffer.from(password);
  const blocks = Math.max(1, Math.ceil(plain.length / DIGEST));
  return crossed(
    Buffer.concat([plain, Buffer.alloc(blocks * DIGEST - plain.length)]),
    authenticator,
    secret,
    true,
  );
}

/** The bytes of a User-Password; undefined where it is none. */
export function revealPassword(value: Buffer, authenticator: Buffer, secret: string): Buffer | undefined {
  if (value.length === 0 || value.length > 128 || value.length % DIGEST !== 0) return undefined;
  const plain = crossed(value, authenticator, secret, false);
  let end = plain.length;
  while (end > 0 && plain[end - 1] === 0) end--;
  return plain.subarray(0, end);
}

/** CHAP-Password: one octet of identifier and the digest. */
export const chapPassword = (ident: number, password: string, challenge: Buffer): Buffer =>
  Buffer.concat([Buffer.from([ident]), md5(Buffer.from([ident]), password, challenge)]);

export const chapMatches = (value: Buffer, password: string, challenge: Buffer): boolean =>
  value.length === DIGEST + 1 && same(chapPassword(value.readUInt8(0), password, challenge), value);
