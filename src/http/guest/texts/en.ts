/**
 * What the guest pages say, in English. Every other language is one file beside this one, `<tag>.ts`, with the same names;
 * nothing else has to know of it. What is put into a text is text already: times and durations come from `Intl`.
 */
export const texts = {
  /** BCP 47 tag, and the tag by which times are written. */
  lang: 'en',
  locale: 'en-GB',
  dir: 'ltr' as 'ltr' | 'rtl',
  /** The language in itself. */
  language: 'English',
  /** Names the switch between languages. */
  switchTo: 'Language',

  /** Heads the page where no name is set or none can be known. */
  noName: 'Guest Wi-Fi',
  errorTitle: (title: string) => `Error: ${title}`,
  pageTitle: (title: string, name: string) => `${title} – ${name}`,

  pin: {
    title: 'Join the Wi-Fi',
    label: 'Your code',
    hint: 'Digits only. It is in your invitation.',
    noCode: 'No code? Ask at the desk.',
    button: 'Go online',
    emailLabel: 'Your e-mail address',
    emailHint: 'The one that your invitation was sent to.',
    claimed: 'Your code is filled in. Go online when you are ready.',
    again: 'This page had been open for too long. Please send your code once more.',
    unknownLink: 'This link does not lead to a code any more. Type the code instead, or ask at the desk.',
  },
  malformed: {
    title: 'That is not a whole code',
    text: 'A code has 5 to 10 digits, like 4821\u00a00937. Spaces and dashes do no harm.',
  },
  notForm: {
    title: 'That could not be read',
    text: 'Type your code into the field below and press the button.',
  },
  refused: {
    title: 'That code does not open the Wi-Fi',
    text: 'Compare it with your invitation, digit by digit, and type it again. It works around the time of your visit only, and a newer invitation replaces an older code.',
    withEmail:
      'Compare both with your invitation: the code digit by digit, and the address that the invitation was sent to. No address? The desk lets you in.',
  },
  early: {
    title: (when: string) => `Your access starts ${when}`,
    text: 'Your code is right. Type it again then, and you are online.',
    checkInTitle: 'Check in at the desk first',
    checkInText:
      'Your code is right. The Wi-Fi opens for it once the desk has checked you in; then type it again here.',
  },
  expired: {
    title: (when: string) => `Your access ended ${when}`,
    text: 'The desk can extend it. You keep the same code and type it again here.',
  },
  checkInOnly: {
    title: 'This code is for checking in',
    text: 'It does not open the Wi-Fi. Show it at the desk and ask for Wi-Fi there.',
  },
  email: {
    title: 'One more thing: your e-mail address',
    text: 'Many wrong codes were typed here lately. To protect yours, type it together with the address that your invitation was sent to. No address? The desk lets you in.',
  },
  throttled: {
    /** `wait`: `8 minutes` */
    title: (wait: string) => `Wait ${wait}`,
    text: 'Several codes were wrong. After that, type yours again. The desk can look it up for you.',
  },
  deviceLimit: {
    title: 'No more devices on this code',
    text: 'Choose one that goes off the Wi-Fi: this device takes its place.',
    noneLeft:
      'It is in use on as many devices as it allows, and they have changed places three times in a day already. The desk can help you.',
    legend: 'Which device goes off?',
    device: (tail: string, since: string) => `Device ending in ${tail}, ${since}`,
    button: 'Swap and go online',
  },

  connecting: {
    title: 'Opening the Wi-Fi…',
    text: (until: string) => `You have access ${until}. This takes a moment, and the page goes on by itself.`,
    slowTitle: 'This takes longer than it should',
    slowText:
      'You need not type your code again: the Wi-Fi opens as soon as it can, and this page tells you. If it lasts, tell the desk.',
  },
  connected: {
    title: (until: string) => `You are online ${until}`,
    text: (left: string) => `${left}. You can close this page.`,
    leave: 'Take this device off the Wi-Fi',
  },
  ended: {
    title: 'This device is off the Wi-Fi',
    text: 'Its time is over, or it was taken off. With a code that is still good it can join again.',
    link: 'Type a code',
  },
  handoff: {
    title: 'One more step',
    text: 'Your code is right. The Wi-Fi opens in a moment. If nothing happens, press the button.',
    press: 'Your code is right. Press the button to open the Wi-Fi.',
    button: 'Open the Wi-Fi',
  },
  handoffFailed: {
    title: 'The Wi-Fi did not open',
    text: 'Your code is right, but the router did not let this device in. Leave the Wi-Fi, join it again, and open this page. If that does not help, tell the desk.',
    link: 'Try again',
  },

  unknownClient: {
    title: 'Join the Wi-Fi first',
    text: 'This page cannot tell which device you have. Connect it to the guest Wi-Fi, turn mobile data and VPN off, and open this page again.',
    claim: 'Connect this device to the guest Wi-Fi, then open this link again: your code will be filled in.',
    desk: 'Are you on it already? Leave the Wi-Fi and join it again. If that does not help, the desk lets you in.',
    link: 'Look again',
  },
  notFound: {
    title: 'There is no such page',
    text: 'The page to join the Wi-Fi is one step away.',
    link: 'Join the Wi-Fi',
  },
  unavailable: {
    title: 'One moment, please',
    text: 'No code can be checked right now. This page tries again by itself every few seconds.',
    link: 'Try again now',
  },
  broken: {
    title: 'Something is wrong on our side',
    text: (reference: string) =>
      `It is not your code. Try again, or tell the desk this number: ${reference}.`,
    link: 'Back to the start',
  },

  terms: {
    title: 'Terms of use',
    link: 'By going online you accept the terms of use.',
    back: 'Back',
  },

  /** `duration`: `2 hours 5 minutes` */
  left: (duration: string) => `${duration} left`,
  almostOver: 'Less than a minute left',
  /** Times on the reader's day (`10:00`), and on others (`Tuesday 24 November at 10:00`). */
  at: (clock: string) => `at ${clock}`,
  onDay: (dayAndClock: string) => `on ${dayAndClock}`,
  until: (clock: string) => `until ${clock}`,
  untilDay: (dayAndClock: string) => `until ${dayAndClock}`,
  since: (clock: string) => `since ${clock}`,
  sinceDay: (dayAndClock: string) => `since ${dayAndClock}`,
};

/** Names of all texts. */
export type Texts = typeof texts;
