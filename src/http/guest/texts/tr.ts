import type { Texts } from './en.js';

/** `24 Kasım Salı günü 10:00` */
const day = (dayAndClock: string): string => dayAndClock.replace(/ (\d+:\d+)$/, ' günü $1');

export const texts: Texts = {
  lang: 'tr',
  locale: 'tr',
  dir: 'ltr',
  language: 'Türkçe',
  switchTo: 'Dil',

  noName: 'Misafir Wi-Fi',
  errorTitle: (title) => `Hata: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Wi-Fi ağına bağlanın',
    label: 'Kodunuz',
    hint: 'Yalnızca rakam. Kodunuz davetinizde yazıyor.',
    noCode: 'Kodunuz yok mu? Resepsiyona sorabilirsiniz.',
    button: 'İnternete bağlan',
    emailLabel: 'E-posta adresiniz',
    emailHint: 'Davetinizin gönderildiği adres.',
    claimed: 'Kodunuz girildi. Hazır olduğunuzda internete bağlanın.',
    again: 'Bu sayfa çok uzun süre açık kaldı. Lütfen kodunuzu bir kez daha gönderin.',
    unknownLink: 'Bu link artık bir koda ulaşmıyor. Kodu kendiniz yazın ya da resepsiyona sorun.',
  },
  malformed: {
    title: 'Bu, tam bir kod değil',
    text: 'Kod 5 ila 10 rakamdan oluşur, örneğin 4821\u00a00937. Boşluk ve tire sorun olmaz.',
  },
  notForm: {
    title: 'Gönderilen bilgi okunamadı',
    text: 'Kodunuzu aşağıdaki alana yazın ve düğmeye basın.',
  },
  refused: {
    title: 'Bu kod Wi-Fi için geçerli değil',
    text: 'Kodu davetinizle rakam rakam karşılaştırıp yeniden yazın. Kod yalnızca ziyaret saatinize yakın çalışır; yeni bir davet, eski kodun yerine geçer.',
    withEmail:
      'Kodu davetinizle rakam rakam karşılaştırın; adres de davetinizin gönderildiği adres olmalı. Adresiniz yok mu? Resepsiyon size erişim sağlar.',
  },
  early: {
    title: (when) => `Erişiminizin başlangıcı: ${when}`,
    text: 'Kodunuz doğru. Zamanı gelince yeniden yazın, internete bağlanırsınız.',
    checkInTitle: 'Lütfen önce resepsiyona uğrayın',
    checkInText:
      'Kodunuz doğru. Resepsiyon girişinizi kaydedince Wi-Fi’a bağlanabilirsiniz; o zaman kodu burada yeniden yazın.',
  },
  expired: {
    title: (when) => `Erişiminiz sona erdi: ${when}`,
    text: 'Resepsiyon sürenizi uzatabilir. Kodunuz aynı kalır; ardından burada yeniden yazın.',
  },
  checkInOnly: {
    title: 'Bu kod giriş kaydı içindir',
    text: 'Bu kodla Wi-Fi’a bağlanılmaz. Kodu resepsiyonda gösterin ve Wi-Fi için orada yardım isteyin.',
  },
  email: {
    title: 'E-posta adresiniz de gerekli',
    text: 'Son zamanlarda burada çok sayıda yanlış kod yazıldı. Kodunuzu korumak için onu, davetinizin gönderildiği adresle birlikte yazın. Adresiniz yok mu? Resepsiyon size erişim sağlar.',
  },
  throttled: {
    title: (wait) => `Lütfen ${wait} bekleyin`,
    text: 'Yazılan birkaç kod yanlıştı. Bu sürenin sonunda kodunuzu yeniden yazın. Resepsiyon kodunuza sizin için bakabilir.',
  },
  deviceLimit: {
    title: 'Bu koda başka cihaz eklenemiyor',
    text: 'Wi-Fi bağlantısı kesilecek cihazı seçin: Onun yerini bu cihaz alır.',
    noneLeft:
      'Kod, izin verdiği sayıda cihazda kullanılıyor ve cihazlar bir gün içinde üç kez değiştirildi. Resepsiyon size yardımcı olabilir.',
    legend: 'Hangi cihazın bağlantısı kesilsin?',
    device: (tail, since) => `Sonu ${tail} olan cihaz, ${since} bağlı`,
    button: 'Değiştir ve internete bağlan',
  },

  connecting: {
    title: 'Wi-Fi erişiminiz açılıyor…',
    text: (until) => `Erişiminiz ${until} geçerli. Birazdan hazır olur; sayfa kendiliğinden devam eder.`,
    slowTitle: 'Bu, olması gerekenden uzun sürüyor',
    slowText:
      'Kodunuzu yeniden yazmanız gerekmez: Erişiminiz mümkün olur olmaz açılır ve bu sayfa size bildirir. Uzun sürerse resepsiyona haber verin.',
  },
  connected: {
    title: (until) => `${until} bağlısınız`,
    text: (left) => `${left}. Bu sayfayı kapatabilirsiniz.`,
    leave: 'Bu cihazın Wi-Fi bağlantısını kes',
  },
  ended: {
    title: 'Bu cihazın Wi-Fi bağlantısı kesildi',
    text: 'Süresi doldu ya da bağlantısı kesildi. Hâlâ geçerli bir kodla yeniden bağlanabilirsiniz.',
    link: 'Kod yaz',
  },
  handoff: {
    title: 'Bir adım kaldı',
    text: 'Kodunuz doğru. Birazdan Wi-Fi’a bağlanırsınız. Hiçbir şey olmazsa düğmeye basın.',
    press: 'Kodunuz doğru. Wi-Fi’a bağlanmak için düğmeye basın.',
    button: 'Wi-Fi’a bağlan',
  },
  handoffFailed: {
    title: 'Bağlantı kurulamadı',
    text: 'Kodunuz doğru, ancak yönlendirici bu cihaza izin vermedi. Wi-Fi bağlantısını kesin, yeniden bağlanın ve bu sayfayı açın. Olmazsa resepsiyona bildirin.',
    link: 'Yeniden dene',
  },

  unknownClient: {
    title: 'Önce Wi-Fi ağına bağlanın',
    text: 'Bu sayfa cihazınızı tanıyamıyor. Cihazınızı misafir Wi-Fi ağına bağlayın, mobil veriyi ve VPN’i kapatın, sonra bu sayfayı yeniden açın.',
    claim: 'Bu cihazı misafir Wi-Fi ağına bağlayın, sonra bu linki yeniden açın: Kodunuz girilmiş olacak.',
    desk: 'Zaten bağlı mısınız? Wi-Fi ağından çıkıp yeniden bağlanın. İşe yaramazsa resepsiyon size erişim sağlar.',
    link: 'Yeniden kontrol et',
  },
  notFound: {
    title: 'Böyle bir sayfa yok',
    text: 'Wi-Fi ağına bağlanma sayfası bir adım ötede.',
    link: 'Wi-Fi ağına bağlan',
  },
  unavailable: {
    title: 'Lütfen biraz bekleyin',
    text: 'Şu anda kodlar kontrol edilemiyor. Bu sayfa birkaç saniyede bir kendiliğinden yeniden dener.',
    link: 'Şimdi yeniden dene',
  },
  broken: {
    title: 'Bizim tarafımızda bir sorun var',
    text: (reference) =>
      `Sorun kodunuzda değil. Yeniden deneyin ya da resepsiyona şu numarayı söyleyin: ${reference}.`,
    link: 'Başa dön',
  },

  terms: {
    title: 'Kullanım koşulları',
    link: 'İnternete bağlanarak kullanım koşullarını kabul edersiniz.',
    back: 'Geri',
  },

  left: (duration) => `${duration} kaldı`,
  almostOver: 'Bir dakikadan az kaldı',
  at: (clock) => `bugün ${clock}`,
  onDay: (dayAndClock) => dayAndClock,
  // The word for the hour takes the suffix, which would be another one on every number.
  until: (clock) => `${clock} saatine kadar`,
  untilDay: (dayAndClock) => `${day(dayAndClock)} saatine kadar`,
  since: (clock) => `${clock} saatinden beri`,
  sinceDay: (dayAndClock) => `${day(dayAndClock)} saatinden beri`,
};
