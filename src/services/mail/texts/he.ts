import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'he',
  locale: 'he',
  dir: 'rtl',
  noName: 'רשת Wi-Fi לאורחים',

  hello: 'שלום {fullname},',
  when: 'מתי: {when}',
  visit: 'הביקור שלך: {arrival} ({timezone})',
  host: 'אצל: {host}',
  desk: 'לאן: {desk}',
  network: 'רשת Wi-Fi: {network}',
  devices: 'מכשירים: עד {devices}',
  expires: 'הקישור בתוקף עד: {expires}.',
  claim: 'פתיחת העמוד עם הקוד שלי',
  picture: 'התמונה הזו מחליפה את הקוד: מצלמת הטלפון ודלפק הקבלה יודעים לקרוא אותה.',

  use: {
    wifi: 'הוא משמש לרישום בקבלה ולחיבור ל-Wi-Fi. ספרות בלבד, רווחים אינם מפריעים.',
    checkInOnly: 'יש להציג אותו בקבלה בעת ההגעה. הוא משמש לרישום ואינו פותח את ה-Wi-Fi.',
  },
  span: '{day}, \u2066{from}–{until}\u2069',
  days: 'מ: {from}; עד: {until}',
  afterCheckIn: '{duration} מרגע הרישום בקבלה. שעת ההגעה הצפויה: {arrival}',
  afterFirstUse: '{duration} מההקלדה הראשונה. לכל המוקדם: {from}. לכל המאוחר: {until}',

  registered: {
    subject: 'הקוד שלך ל-{sitename}',
    intro: 'מצפים לביקורך: {sitename}. זה הקוד שלך:',
  },
  reissued: {
    subject: 'הקוד החדש שלך ל-{sitename}',
    intro: 'זה הקוד החדש שלך: {sitename}. הקוד הקודם אינו תקף עוד.',
  },
  changed: {
    subject: 'הביקור שלך השתנה: {sitename}',
    intro: 'הביקור שלך השתנה: {sitename}. מעתה תקף מה שכתוב כאן; הקוד נשאר אותו קוד:',
  },
  cancelled: {
    subject: 'הביקור שלך בוטל: {sitename}',
    intro: 'הביקור שלך בוטל: {sitename}. הקוד אינו תקף עוד.',
    ask: 'אם לא ציפית לכך, אפשר לברר אצל מי שהזמין אותך.',
  },
  arrived: {
    subject: 'הגיע האורח: {fullname}',
    intro: 'האורח {fullname} הגיע: {sitename}.',
    expected: 'שעת ההגעה הצפויה: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: 'בקשת ביקור: {fullname}',
    intro: '{fullname} נמצא כאן ({sitename}), ציין אותך כמארח ומבקש גישה לרשת האורחים.',
    purpose: 'סיבה: {purpose}',
    button: 'אישור או דחייה',
    otherwise: 'העמוד יבקש אישור לפני שיקרה משהו. אם האדם אינו מוכר לך, יש לדחות.',
  },
  walkInAnswer: {
    subject: 'בעניין הביקור שלך: {sitename}',
    declined: 'המארח לא יכול לקבל אותך. אפשר לברר בקבלה.',
  },
  hostLink: {
    subject: 'כניסה: {sitename}',
    intro: 'בקישור הזה רושמים את האורחים שלך: {sitename}. הוא פועל פעם אחת.',
    button: 'כניסה',
    otherwise: 'אם לא ביקשת אותו, אין צורך לעשות דבר.',
  },
  teamLink: {
    subject: 'החשבון שלך: {sitename}',
    invitation: 'הוזמנת לעבוד עם Foyer: {sitename}. כדי להתחיל יש לבחור סיסמה.',
    reset: 'התבקשה סיסמה חדשה לחשבון שלך: {sitename}.',
    button: 'בחירת סיסמה',
    otherwise: 'הקישור פועל פעם אחת. אם לא ביקשת אותו, אין צורך לעשות דבר.',
  },
  test: {
    subject: 'הדואר פועל: {sitename}',
    intro: 'זו בדיקה. אם היא הגיעה, גם האורחים של {sitename} יקבלו את הדואר שלהם.',
  },
  calendar: 'ביקור: {sitename}',
};
