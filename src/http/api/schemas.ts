import { type TProperties, type TSchema, Type } from 'typebox';
import { MAIL_KIND_NAMES } from '../../domain/mail.js';
import { TEAM_ROLES } from '../../domain/team.js';
import { VISIT_STATES } from '../../domain/visit.js';
import { REQUEST_STATES } from '../../domain/walk-in.js';

/** The objects that the API answers with, as OpenAPI has them and as tests check every answer. */

export const closed = <P extends TProperties>(properties: P, options: { description?: string } = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

export const orNull = <S extends TSchema>(schema: S, options: { description?: string } = {}) =>
  Type.Union([schema, Type.Null()], options);

export const instant = (description?: string) =>
  Type.String({
    format: 'date-time',
    ...(description ? { description } : {}),
    examples: ['2026-11-23T09:00:00.000Z'],
  });
export const instantOrNull = (description: string) => orNull(instant(), { description });

export const words = <T extends string>(list: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...list], ...(description ? { description } : {}) });

export const RoleSchema = words(TEAM_ROLES, 'desk < admin < owner');

export const ProblemSchema = closed(
  {
    type: Type.String({ description: 'urn:foyer:error:<code>; the code is stable' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What was wrong this time, for people' }),
    instance: Type.String({ description: 'Id of the request, as in the log' }),
    problems: Type.Array(
      Type.Object({
        field: Type.String(),
        message: Type.String(),
        readings: Type.Optional(
          Type.Array(Type.String(), {
            description: 'For a local time that does not exist or exists twice: both readings as instants',
          }),
        ),
      }),
    ),
  },
  { description: 'Problem details, RFC 9457' },
);

const MailStateSchema = words(
  ['queued', 'sent', 'refused', 'held'],
  '`held`: there is no mail server; the outbox shows the mail',
);

const mailProperties = {
  id: Type.String(),
  kind: words(MAIL_KIND_NAMES),
  to: words(['visitor', 'host', 'team']),
  state: MailStateSchema,
  queuedAt: instant(),
  at: instant('When it came into this state'),
  tries: Type.Integer(),
  nextTryAt: instantOrNull('Null where it is not tried again'),
  words: Type.String({ description: "The mail server's own words" }),
};

const visitProperties = {
  id: Type.String(),
  name: Type.String(),
  email: orNull(Type.String()),
  host: orNull(Type.String(), { description: 'Who invited the visitor' }),
  hostEmail: orNull(Type.String(), { description: 'Where the host is told of the arrival' }),
  language: orNull(Type.String(), { description: "Of mails to the visitor; null: the site's" }),
  expectedArrival: Type.String({ description: 'Local time in `timeZone`', examples: ['2026-11-23T09:00'] }),
  timeZone: Type.String({ examples: ['Europe/Berlin'] }),
  durationMinutes: Type.Number(),
  maxDevices: Type.Integer(),
  limits: closed(
    {
      downKbps: orNull(Type.Integer()),
      upKbps: orNull(Type.Integer()),
      quotaMB: orNull(Type.Integer()),
    },
    { description: 'Null: none' },
  ),
  state: words(VISIT_STATES),
  token: orNull(
    closed({
      state: words(
        ['waiting', 'upcoming', 'active', 'expired', 'ended'],
        '`waiting`: its start is not fixed yet',
      ),
      from: instantOrNull('Null until the start is fixed'),
      until: instantOrNull('Exclusive; null until the start is fixed'),
      startBy: instantOrNull('The last instant at which it can be started; null where it starts by itself'),
    }),
    { description: 'Null: the PIN is for check-in only' },
  ),
  devices: Type.Array(
    closed({
      mac: Type.String({ examples: ['02:00:00:00:00:10'] }),
      addedAt: instant(),
      private: Type.Boolean({ description: 'The device made this address up for this network' }),
    }),
  ),
  mail: orNull(
    closed({
      state: MailStateSchema,
      at: instant('When it came into this state'),
      words: Type.String({ description: "The mail server's own words" }),
    }),
    { description: 'The newest mail to the visitor; null: none' },
  ),
  createdAt: instant(),
  checkedInAt: instantOrNull('Null: not checked in'),
  checkedOutAt: instantOrNull('Null: not checked out'),
  cancelledAt: instantOrNull('Null: not cancelled'),
  terms: orNull(closed({ version: Type.Integer(), acceptedAt: instant() }), {
    description: 'The terms of use that the visitor accepted last, by their number; null: none',
  }),
};

export const VisitSchema = closed(visitProperties);

const pinProperties = {
  pin: Type.String({ description: 'Answered only here; lists never have it', examples: ['4827193'] }),
  claimUrl: Type.String({ description: 'Fills the PIN in for whoever opens it, for a QR code' }),
};

export const VisitWithPinSchema = closed({ ...visitProperties, ...pinProperties });

export const VisitMaybePinSchema = closed({
  ...visitProperties,
  pin: Type.Optional(
    orNull(pinProperties.pin, { description: 'With `include=pin`; null where it is erased' }),
  ),
  claimUrl: Type.Optional(orNull(pinProperties.claimUrl)),
});

export const MailSchema = closed(mailProperties);

export const GrantSchema = closed({
  id: Type.String(),
  visitId: Type.String(),
  gateway: Type.String(),
  mac: Type.String(),
  from: instant(),
  until: instant('Exclusive'),
  state: words(
    ['pending', 'active', 'ending', 'ended', 'failed'],
    '`pending` and `ending`: decided, not yet confirmed by the gateway',
  ),
  endedAt: instantOrNull('Set when it ended before `until`'),
  error: orNull(Type.String(), { description: "Code of the gateway's last fault" }),
  staysUntil: instantOrNull('Set while the gateway lets the client pass for longer than is decided'),
});

const HealthSchema = orNull(
  closed({
    ok: Type.Boolean(),
    problems: Type.Array(Type.String()),
    guestNetworks: Type.Array(Type.String(), { description: 'As the gateway itself knows them' }),
    checkedAt: instant('When this state began'),
  }),
  { description: 'Null: not checked yet' },
);

export const GatewayHealthSchema = closed({ id: Type.String(), kind: Type.String(), health: HealthSchema });

export const GatewaySchema = closed({
  id: Type.String(),
  kind: Type.String(),
  fields: Type.Record(Type.String(), Type.Unknown(), { description: 'Secrets are write-only and left out' }),
  secretsSet: Type.Array(Type.String(), { description: 'Names of the secret fields that have a value' }),
  guestNetworks: Type.Array(Type.String()),
  trust: words(['verify', 'redirect']),
  health: HealthSchema,
  remarks: Type.Array(Type.String()),
});

export const GatewayTestSchema = closed({
  ok: Type.Boolean({ description: 'No step failed' }),
  problems: Type.Array(Type.String()),
  steps: Type.Array(
    closed({
      step: words(['log in', 'look up', 'let in', 'see', 'send off']),
      ms: Type.Integer({ description: 'How long it took; 0 where it was not taken' }),
      verdict: words(['ok', 'failed', 'skipped']),
      says: Type.String(),
    }),
  ),
});

export const SessionSchema = closed({
  mac: Type.String(),
  until: instantOrNull('The end that the gateway tells; null where it tells none'),
  grantedUntil: instantOrNull('The end that is decided; null: a session without a grant'),
});

export const SettingsSchema = closed({
  version: Type.Integer({ description: 'What `If-Match` names' }),
  values: Type.Record(Type.String(), Type.Unknown()),
});

export const SiteSchema = closed({
  id: Type.String(),
  name: Type.String(),
  timeZone: Type.String(),
  gateways: Type.Array(Type.String()),
});

const keyProperties = {
  id: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  site: Type.String(),
  createdAt: instant(),
  lastUsedAt: instantOrNull('A minute behind at most; null: never used'),
};

export const KeySchema = closed(keyProperties);

export const NewKeySchema = closed({
  ...keyProperties,
  key: Type.String({ description: 'The key itself: answered once', examples: ['foyer_...'] }),
});

const personProperties = {
  id: Type.String(),
  email: Type.String(),
  role: RoleSchema,
  site: Type.String({ description: 'Where a desk or an admin works; owners work everywhere' }),
  state: words(['active', 'invited', 'deactivated'], '`invited`: has nothing to sign in with yet'),
  secondFactor: Type.Boolean(),
  createdAt: instant(),
  signedInAt: instantOrNull('Null: never signed in'),
  linkUntil: instantOrNull('Until when a link to set a password waits; null: none does'),
};

export const PersonSchema = closed(personProperties);

export const NewPersonSchema = closed({
  ...personProperties,
  link: Type.String({ description: 'Sets a password, once: answered once' }),
  mailed: Type.Boolean(),
});

export const WalkInSchema = closed({
  id: Type.String(),
  state: words(REQUEST_STATES, '`expired`: nobody answered in time'),
  name: Type.String(),
  email: orNull(Type.String()),
  host: Type.String({ description: 'Who is asked' }),
  hostEmail: Type.String({ description: 'Where the question went' }),
  language: Type.String({ description: 'The visitor reads it' }),
  desk: orNull(Type.String(), { description: 'Id of the check-in desk; null: on the Wi-Fi' }),
  gateway: orNull(Type.String(), { description: 'Where the device waits; null: at a check-in desk' }),
  mac: orNull(Type.String(), { description: 'Of the device that waits' }),
  askedAt: instant(),
  answerBy: instant('From then on nobody can answer'),
  blocked: orNull(Type.String(), {
    description: 'Why it cannot be approved: what the block list has against the visitor; null: nothing',
  }),
  visitId: orNull(Type.String(), { description: 'The visit that an approval made' }),
});

/** A page of a list. */
export const page = <S extends TSchema>(item: S) =>
  closed({
    items: Type.Array(item),
    next: orNull(Type.String(), { description: 'Cursor; null at the end' }),
  });
