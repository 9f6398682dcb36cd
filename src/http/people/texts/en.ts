/**
 * What visitors and hosts read at check-in desks, in forms for walk-ins, and behind the links in mails to hosts. Every language
 * is one file beside this one. What is put into a text is text already; `when` and `until` are the guest pages' words for times.
 */
export const texts = {
  kiosk: {
    title: 'Check in or out',
    hint: 'It is in your invitation.',
    button: 'Go on',
    erase: 'Delete the last digit',
    scan: 'Scan a QR code',
    scanning: 'Hold the QR code of your invitation in front of the camera.',
    stop: 'Stop the camera',
    noCamera: 'The camera cannot be used. Type your code.',
    noHttps: 'The camera needs https. Here you type your code.',
    walkIn: 'I have no code',
    start: 'Back to the start',
  },
  problems: {
    refused: {
      title: 'That code is not known here',
      text: 'Compare it with your invitation, digit by digit, and type it again. The desk can look it up for you.',
    },
    qr: {
      title: 'That QR code is not known here',
      text: 'Show the one of your newest invitation, or type the code.',
    },
    cancelled: { title: 'This visit was cancelled', text: 'Please ask at the desk.' },
    checkedOut: { title: 'You have checked out already', text: 'Another visit needs a new code.' },
    checkedIn: { title: 'You are checked in already', text: 'There is nothing more to do here.' },
    early: {
      title: (when: string) => `You are expected ${when}`,
      text: 'Please check in then, or ask at the desk.',
    },
    stale: { title: 'That took too long', text: 'Please type your code once more.' },
    wait: { text: 'Several codes were wrong. After that, type yours again, or ask at the desk.' },
  },
  confirm: {
    visiting: (host: string) => `Visiting ${host}`,
    checkIn: 'Check in',
    checkOut: 'Check out',
    other: 'That is not me',
  },
  done: {
    welcome: (name: string) => `Welcome, ${name}`,
    checkedIn: 'You are checked in.',
    wifi: (until: string) => `Your code opens the Wi-Fi ${until}.`,
    goodbye: (name: string) => `Goodbye, ${name}`,
    checkedOut: 'You are checked out.',
    network: (name: string) => `Wi-Fi: ${name}`,
    keep: 'You check out with the same code.',
  },
  walkIn: {
    link: 'No code? Ask your host',
    linkAlone: 'No code? Sign in here',
    title: 'Sign in as a visitor',
    ask: 'Your host is asked by mail and lets you in.',
    name: 'Your name',
    host: 'Whom do you visit?',
    hostHint: 'First and last name.',
    terms: 'I accept the terms of use',
    button: 'Sign in',
    askButton: 'Ask my host',
    problems: {
      name: 'Type your name.',
      email: 'Type an e-mail address such as anna@example.com.',
      host: 'Type the name of the person whom you visit.',
      hostUnknown: 'Nobody of that name can be asked here. Check the spelling, or ask at the desk.',
      hostSeveral: 'Several people are meant by that. Type first and last name.',
      terms: 'Accept the terms of use to go on.',
    },
    busy: { title: 'That cannot be done right now', text: 'Please ask at the desk.' },
  },
  waiting: {
    title: 'Your host has been asked',
    text: 'Please wait for the answer. This page goes on by itself.',
    wifi: 'You may close this page: once your host says yes, this device is online.',
    haveCode: 'I have a code',
    declined: { title: 'Your host cannot receive you now', text: 'Please ask at the desk.' },
    expired: { title: 'Nobody has answered', text: 'Ask again, or go to the desk.', again: 'Ask again' },
  },
  approve: {
    title: (visitor: string) => `${visitor} asks for you`,
    asked: (when: string) => `Asked ${when}`,
    atDesk: 'Stands at the check-in desk.',
    onWifi: 'Waits for the Wi-Fi.',
    lasts: (duration: string) => `If you say yes, the Wi-Fi is open for ${duration}.`,
    stranger: 'You do not know this person? Then decline.',
    yes: 'Let in',
    no: 'Decline',
    approved: (when: string) => `Let in ${when}`,
    declined: (when: string) => `Declined ${when}`,
    stands: 'This answer stands. The desk can change it.',
    expired: { title: 'This request is over', text: 'Nobody answered in time. The visitor can ask again.' },
    unknown: {
      title: 'There is no such request',
      text: 'The link is cut off, or it is older than a day.',
    },
  },
};

/** Names of all texts. */
export type PeopleTexts = typeof texts;
