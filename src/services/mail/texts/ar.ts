import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'ar',
  locale: 'ar-u-nu-latn',
  dir: 'rtl',
  noName: 'شبكة Wi-Fi للضيوف',

  hello: 'مرحبًا {fullname}،',
  when: 'الموعد: {when}',
  visit: 'زيارتك: {arrival} ({timezone})',
  host: 'المضيف: {host}',
  desk: 'المكان: {desk}',
  network: 'شبكة Wi-Fi: {network}',
  devices: 'عدد الأجهزة: {devices} على الأكثر',
  expires: 'الرابط صالح حتى: {expires}.',
  claim: 'افتح الصفحة والرمز مكتوب فيها',
  picture: 'هذه الصورة تقوم مقام رمزك: تستطيع كاميرا هاتفك والاستقبال قراءتها.',

  use: {
    wifi: 'استخدمه لتسجيل وصولك في الاستقبال وللاتصال بشبكة Wi-Fi. أرقام فقط، ولا تهم المسافات.',
    checkInOnly: 'أظهره في الاستقبال عند وصولك. هو لتسجيل الوصول ولا يفتح شبكة Wi-Fi.',
  },
  span: '{day}، \u2066{from}–{until}\u2069',
  days: 'من: {from}، إلى: {until}',
  afterCheckIn: '{duration} ابتداءً من تسجيل وصولك في الاستقبال. موعد الوصول المتوقع: {arrival}',
  afterFirstUse: '{duration} ابتداءً من أول إدخال للرمز. في أقرب وقت: {from}. في آخر وقت: {until}',

  registered: {
    subject: 'رمزك في {sitename}',
    intro: 'نحن بانتظارك في {sitename}. هذا رمزك:',
  },
  reissued: {
    subject: 'رمزك الجديد في {sitename}',
    intro: 'هذا رمزك الجديد في {sitename}. لم يعد الرمز السابق صالحًا.',
  },
  changed: {
    subject: 'تغيّر موعد زيارتك إلى {sitename}',
    intro: 'تغيّرت زيارتك إلى {sitename}. ما يلي هو الصحيح من الآن، ورمزك لم يتغير:',
  },
  cancelled: {
    subject: 'أُلغيت زيارتك إلى {sitename}',
    intro: 'أُلغيت زيارتك إلى {sitename}. لم يعد رمزك صالحًا.',
    ask: 'إن لم تكن تتوقع ذلك، فاسأل مضيفك.',
  },
  arrived: {
    subject: 'وصل الزائر: {fullname}',
    intro: 'وصل زائرك {fullname} إلى {sitename}.',
    expected: 'الموعد المتوقع: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: 'طلب زيارة من {fullname}',
    intro: 'الزائر {fullname} موجود في {sitename}، وقد ذكر اسمك مضيفًا له ويطلب شبكة Wi-Fi للضيوف.',
    purpose: 'السبب: {purpose}',
    button: 'الموافقة أو الرفض',
    otherwise: 'تسألك الصفحة قبل حدوث أي شيء. إن كنت لا تعرف هذا الشخص، فارفض الطلب.',
  },
  walkInAnswer: {
    subject: 'بشأن زيارتك إلى {sitename}',
    declined: 'لا يستطيع مضيفك استقبالك. يُرجى السؤال في الاستقبال.',
  },
  hostLink: {
    subject: 'تسجيل الدخول في {sitename}',
    intro: 'بهذا الرابط تسجّل زوارك في {sitename}. يعمل مرة واحدة.',
    button: 'تسجيل الدخول',
    otherwise: 'إن لم تطلبه، فلا يلزمك فعل شيء.',
  },
  teamLink: {
    subject: 'حسابك في {sitename}',
    invitation: 'أنت مدعو للعمل مع Foyer في {sitename}. اختر كلمة مرور للبدء.',
    reset: 'طُلبت كلمة مرور جديدة لحسابك في {sitename}.',
    button: 'اختيار كلمة مرور',
    otherwise: 'يعمل الرابط مرة واحدة. إن لم تطلبه، فلا يلزمك فعل شيء.',
  },
  test: {
    subject: 'البريد يعمل: {sitename}',
    intro: 'هذه رسالة تجريبية. بما أنك تقرؤها، فسيصل البريد إلى زوار {sitename}.',
  },
  calendar: 'زيارة إلى {sitename}',
};
