import { Type } from 'typebox';

/** What a visit is registered and changed with. Ranges are the rules' to judge: they name every wrong field at once. */
export const visitFields = {
  name: Type.String({ examples: ['Ada Lovelace'] }),
  email: Type.Union([Type.String(), Type.Null()]),
  host: Type.Union([Type.String(), Type.Null()], { description: 'Who invited the visitor' }),
  hostEmail: Type.Union([Type.String(), Type.Null()], {
    description: 'Where the host is told that the visitor is here',
  }),
  language: Type.Union([Type.String(), Type.Null()], {
    description: "Language of mails to the visitor; null: the site's",
    examples: ['de'],
  }),
  expectedArrival: Type.String({
    description: "Local in the site's zone, or an instant with offset",
    examples: ['2026-11-23T09:00', '2026-11-23T09:00:00+01:00'],
  }),
  durationMinutes: Type.Number({ description: 'Elapsed time, also over a clock change' }),
  until: Type.Union([Type.String(), Type.Null()], {
    description: 'A fixed end in place of the duration; same forms as `expectedArrival`',
  }),
  maxDevices: Type.Integer(),
  downKbps: Type.Union([Type.Integer(), Type.Null()]),
  upKbps: Type.Union([Type.Integer(), Type.Null()]),
  quotaMB: Type.Union([Type.Integer(), Type.Null()]),
};

const { name, expectedArrival, ...others } = visitFields;

export const RegistrationBody = Type.Object(
  {
    name,
    expectedArrival,
    ...Type.Partial(Type.Object(others)).properties,
    notify: Type.Optional(
      Type.Boolean({ description: 'Send the PIN by mail. Without it `mail.onRegistration` decides' }),
    ),
  },
  { additionalProperties: false },
);

export const ChangeBody = Type.Partial(
  Type.Object({
    ...visitFields,
    notify: Type.Boolean({
      description:
        'Tell the visitor by mail. Without it whoever had a mail is told of other times, as `mail.onChange` says',
    }),
  }),
  { additionalProperties: false },
);
