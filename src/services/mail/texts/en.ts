export const texts = {
  lang: 'en',
  locale: 'en-GB',
  dir: 'ltr' as 'ltr' | 'rtl',
  /** In place of a site's name. */
  noName: 'Guest Wi-Fi',

  hello: 'Hello {fullname},',
  when: 'When: {when}',
  visit: 'Your visit: {arrival} ({timezone})',
  host: 'Your host: {host}',
  desk: 'Where to go: {desk}',
  network: 'Wi-Fi: {network}',
  devices: 'Devices: up to {devices}',
  expires: 'The link works until {expires}.',
  claim: 'Open the page with my code filled in',
  picture: 'This picture stands for your code: your phone’s camera and the check-in desk can read it.',

  use: {
    wifi: 'Use it to check in and to get onto the Wi-Fi. Digits only, spaces do not matter.',
    checkInOnly: 'Show it at the desk when you arrive. It is for check-in and does not open the Wi-Fi.',
  },
  /** On one day, and from one day to another. */
  span: '{day}, {from} to {until}',
  days: '{from} to {until}',
  afterCheckIn: '{duration}, beginning when you check in at the desk. You are expected: {arrival}',
  afterFirstUse: '{duration}, beginning when you first type it. Earliest: {from}. Latest: {until}',

  registered: {
    subject: 'Your code for {sitename}',
    intro: 'you are expected at {sitename}. This is your code:',
  },
  reissued: {
    subject: 'Your new code for {sitename}',
    intro: 'this is your new code for {sitename}. The one that you had does not work any more.',
  },
  changed: {
    subject: 'Your visit to {sitename} has changed',
    intro:
      'your visit to {sitename} has changed. What is below counts from now on; your code stays the same:',
  },
  cancelled: {
    subject: 'Your visit to {sitename} is cancelled',
    intro: 'your visit to {sitename} is cancelled. Your code does not work any more.',
    ask: 'If you did not expect this, ask your host.',
  },
  arrived: {
    subject: '{fullname} is here',
    intro: '{fullname} has arrived at {sitename}.',
    expected: 'Expected: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} asks to visit you',
    intro: '{fullname} is at {sitename}, names you as host, and asks for the visitor Wi-Fi.',
    purpose: 'Why: {purpose}',
    button: 'Approve or decline',
    otherwise: 'The page asks you before anything happens. If you do not know this person, decline.',
  },
  walkInAnswer: {
    subject: 'About your visit to {sitename}',
    declined: 'Your host cannot receive you. Please ask at the desk.',
  },
  hostLink: {
    subject: 'Sign in at {sitename}',
    intro: 'with this link you register your visitors at {sitename}. It works once.',
    button: 'Sign in',
    otherwise: 'If you did not ask for it, you need to do nothing.',
  },
  teamLink: {
    subject: 'Your account at {sitename}',
    invitation: 'You are invited to work with Foyer at {sitename}. Choose a password to begin.',
    reset: 'A new password for your account at {sitename} was asked for.',
    button: 'Choose a password',
    otherwise: 'The link works once. If you did not ask for it, you need to do nothing.',
  },
  test: {
    subject: 'Mail from {sitename} works',
    intro: 'This is a test. Since you read it, visitors of {sitename} will get their mail.',
  },
  calendar: 'Visit to {sitename}',
};

/** Names of all texts. */
export type MailTexts = typeof texts;
