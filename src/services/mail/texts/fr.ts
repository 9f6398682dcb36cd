import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'fr',
  locale: 'fr',
  dir: 'ltr',
  noName: 'Wi-Fi visiteurs',

  hello: 'Bonjour {fullname},',
  when: 'Quand : {when}',
  visit: 'Votre visite : {arrival} ({timezone})',
  host: 'Votre hôte : {host}',
  desk: 'Où aller : {desk}',
  network: 'Wi-Fi : {network}',
  devices: 'Appareils : {devices} au plus',
  expires: 'Ce lien est valable jusqu’au {expires}.',
  claim: 'Ouvrir la page avec mon code déjà saisi',
  picture:
    'Cette image remplace votre code : l’appareil photo de votre téléphone et l’accueil savent la lire.',

  use: {
    wifi: 'Il sert à vous annoncer à l’accueil et à accéder au Wi-Fi. Uniquement des chiffres, les espaces ne gênent pas.',
    checkInOnly: 'Présentez-le à l’accueil à votre arrivée. Il sert à vous annoncer et n’ouvre pas le Wi-Fi.',
  },
  span: '{day}, de {from} à {until}',
  days: 'du {from} au {until}',
  afterCheckIn: '{duration}, à partir de votre passage à l’accueil. Vous êtes attendu : {arrival}',
  afterFirstUse: '{duration}, à partir de la première saisie. Au plus tôt : {from}. Au plus tard : {until}',

  registered: {
    subject: 'Votre code pour {sitename}',
    intro: 'votre visite est prévue : {sitename}. Voici votre code :',
  },
  reissued: {
    subject: 'Votre nouveau code pour {sitename}',
    intro: 'voici votre nouveau code pour {sitename}. Le précédent n’est plus valable.',
  },
  changed: {
    subject: 'Votre visite a changé : {sitename}',
    intro: 'votre visite a changé : {sitename}. Ce qui suit fait foi désormais ; votre code reste le même :',
  },
  cancelled: {
    subject: 'Votre visite est annulée : {sitename}',
    intro: 'votre visite est annulée : {sitename}. Votre code n’est plus valable.',
    ask: 'Si vous ne vous y attendiez pas, renseignez-vous auprès de votre hôte.',
  },
  arrived: {
    subject: 'Arrivée : {fullname}',
    intro: 'Votre visite est arrivée : {fullname}, {sitename}.',
    expected: 'Heure prévue : {arrival} ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} demande à vous voir',
    intro:
      '{fullname} est sur place ({sitename}), vous désigne comme hôte et demande l’accès au Wi-Fi visiteurs.',
    purpose: 'Motif : {purpose}',
    button: 'Accepter ou refuser',
    otherwise:
      'La page vous demande confirmation avant toute chose. Si vous ne connaissez pas cette personne, refusez.',
  },
  walkInAnswer: {
    subject: 'À propos de votre visite : {sitename}',
    declined: 'Votre hôte ne peut pas vous recevoir. Adressez-vous à l’accueil.',
  },
  hostLink: {
    subject: 'Connexion : {sitename}',
    intro: 'avec ce lien vous inscrivez vos visiteurs : {sitename}. Il ne sert qu’une fois.',
    button: 'Se connecter',
    otherwise: 'Si vous ne l’avez pas demandé, vous n’avez rien à faire.',
  },
  teamLink: {
    subject: 'Votre compte : {sitename}',
    invitation:
      'Vous êtes invité à travailler avec Foyer : {sitename}. Choisissez un mot de passe pour commencer.',
    reset: 'Un nouveau mot de passe a été demandé pour votre compte : {sitename}.',
    button: 'Choisir un mot de passe',
    otherwise: 'Ce lien ne sert qu’une fois. Si vous ne l’avez pas demandé, vous n’avez rien à faire.',
  },
  test: {
    subject: 'Le courrier fonctionne : {sitename}',
    intro: 'Ceci est un essai. Puisque vous le lisez, vos visiteurs recevront leurs messages ({sitename}).',
  },
  calendar: 'Visite : {sitename}',
};
