import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'tr',
  locale: 'tr',
  dir: 'ltr',
  noName: 'Misafir Wi-Fi',

  hello: 'Merhaba {fullname},',
  when: 'Ne zaman: {when}',
  visit: 'Ziyaretiniz: {arrival} ({timezone})',
  host: 'Ziyaret ettiğiniz kişi: {host}',
  desk: 'Nereye: {desk}',
  network: 'Wi-Fi: {network}',
  devices: 'Cihaz sayısı: en çok {devices}',
  expires: 'Bağlantının son geçerlilik zamanı: {expires}.',
  claim: 'Kodum yazılmış olarak sayfayı aç',
  picture: 'Bu resim kodunuzun yerine geçer: telefonunuzun kamerası ve resepsiyon onu okuyabilir.',

  use: {
    wifi: 'Resepsiyonda giriş yapmak ve Wi-Fi’ye bağlanmak için kullanın. Yalnızca rakamlar, boşluklar önemli değil.',
    checkInOnly: 'Geldiğinizde resepsiyonda gösterin. Giriş kaydı içindir, Wi-Fi’yi açmaz.',
  },
  span: '{day}, {from}–{until}',
  days: '{from} – {until}',
  afterCheckIn: 'Resepsiyondaki girişinizden başlayarak {duration}. Beklenen geliş: {arrival}',
  afterFirstUse: 'İlk yazdığınız andan başlayarak {duration}. En erken: {from}. En geç: {until}',

  registered: {
    subject: 'Ziyaret kodunuz: {sitename}',
    intro: 'ziyaretinizi bekliyoruz: {sitename}. Kodunuz:',
  },
  reissued: {
    subject: 'Yeni ziyaret kodunuz: {sitename}',
    intro: 'yeni kodunuz aşağıda: {sitename}. Önceki kod artık geçersiz.',
  },
  changed: {
    subject: 'Ziyaretiniz değişti: {sitename}',
    intro: 'ziyaretiniz değişti: {sitename}. Bundan sonra aşağıdakiler geçerli; kodunuz aynı kaldı:',
  },
  cancelled: {
    subject: 'Ziyaretiniz iptal edildi: {sitename}',
    intro: 'ziyaretiniz iptal edildi: {sitename}. Kodunuz artık geçersiz.',
    ask: 'Bunu beklemiyorduysanız, ziyaret edeceğiniz kişiye sorun.',
  },
  arrived: {
    subject: 'Ziyaretçiniz geldi: {fullname}',
    intro: 'Ziyaretçiniz geldi: {fullname}, {sitename}.',
    expected: 'Beklenen geliş: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} sizi ziyaret etmek istiyor',
    intro:
      '{fullname} burada ({sitename}), sizi ziyaret etmek istediğini söylüyor ve misafir Wi-Fi erişimi istiyor.',
    purpose: 'Nedeni: {purpose}',
    button: 'Onayla veya reddet',
    otherwise: 'Sayfa, bir şey yapmadan önce size sorar. Bu kişiyi tanımıyorsanız reddedin.',
  },
  walkInAnswer: {
    subject: 'Ziyaretiniz hakkında: {sitename}',
    declined: 'Ev sahibiniz sizi kabul edemiyor. Lütfen resepsiyona sorun.',
  },
  hostLink: {
    subject: 'Oturum açma: {sitename}',
    intro: 'bu bağlantıyla ziyaretçilerinizi kaydedersiniz: {sitename}. Bir kez çalışır.',
    button: 'Oturum aç',
    otherwise: 'Bunu siz istemediyseniz bir şey yapmanız gerekmez.',
  },
  teamLink: {
    subject: 'Hesabınız: {sitename}',
    invitation: 'Foyer ile çalışmaya davet edildiniz: {sitename}. Başlamak için bir parola seçin.',
    reset: 'Hesabınız için yeni bir parola istendi: {sitename}.',
    button: 'Parola seç',
    otherwise: 'Bağlantı bir kez çalışır. Bunu siz istemediyseniz bir şey yapmanız gerekmez.',
  },
  test: {
    subject: 'Posta çalışıyor: {sitename}',
    intro: 'Bu bir denemedir. Okuyabildiğinize göre ziyaretçiler de postalarını alacak ({sitename}).',
  },
  calendar: 'Ziyaret: {sitename}',
};
