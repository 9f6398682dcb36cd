import type { PeopleTexts } from './en.js';

export const texts: PeopleTexts = {
  kiosk: {
    title: 'Arrivée ou départ',
    hint: 'Il est dans votre invitation.',
    button: 'Continuer',
    erase: 'Effacer le dernier chiffre',
    scan: 'Scanner un code QR',
    scanning: 'Présentez le code QR de votre invitation devant la caméra.',
    stop: 'Arrêter la caméra',
    noCamera: 'La caméra ne peut pas être utilisée. Saisissez votre code.',
    noHttps: 'La caméra a besoin de https. Ici, saisissez votre code.',
    walkIn: 'Je n’ai pas de code',
    start: 'Retour au début',
  },
  problems: {
    refused: {
      title: 'Ce code n’est pas connu ici',
      text: 'Comparez-le chiffre par chiffre avec votre invitation et saisissez-le de nouveau. L’accueil peut le retrouver pour vous.',
    },
    qr: {
      title: 'Ce code QR n’est pas connu ici',
      text: 'Présentez celui de votre invitation la plus récente, ou saisissez le code.',
    },
    cancelled: { title: 'Cette visite a été annulée', text: 'Veuillez vous adresser à l’accueil.' },
    checkedOut: {
      title: 'Votre départ est déjà enregistré',
      text: 'Une autre visite demande un nouveau code.',
    },
    checkedIn: { title: 'Votre arrivée est déjà enregistrée', text: 'Il n’y a plus rien à faire ici.' },
    early: {
      title: (when) => `Vous êtes attendu(e) ${when}`,
      text: 'Enregistrez-vous à ce moment-là, ou adressez-vous à l’accueil.',
    },
    stale: { title: 'Cela a pris trop de temps', text: 'Saisissez votre code encore une fois.' },
    wait: {
      text: 'Plusieurs codes étaient faux. Saisissez ensuite le vôtre de nouveau, ou adressez-vous à l’accueil.',
    },
  },
  confirm: {
    visiting: (host) => `En visite chez ${host}`,
    checkIn: 'Enregistrer mon arrivée',
    checkOut: 'Enregistrer mon départ',
    other: 'Ce n’est pas moi',
  },
  done: {
    welcome: (name) => `Bienvenue, ${name}`,
    checkedIn: 'Votre arrivée est enregistrée.',
    wifi: (until) => `Votre code ouvre le Wi-Fi ${until}.`,
    goodbye: (name) => `Au revoir, ${name}`,
    checkedOut: 'Votre départ est enregistré.',
    network: (name) => `Wi-Fi\u00a0: ${name}`,
    keep: 'Le même code sert à enregistrer votre départ.',
  },
  walkIn: {
    link: 'Pas de code\u00a0? Demandez à votre hôte',
    linkAlone: 'Pas de code\u00a0? Inscrivez-vous ici',
    title: 'S’inscrire comme visiteur',
    ask: 'Votre hôte reçoit un e-mail et vous fait entrer.',
    name: 'Votre nom',
    host: 'À qui rendez-vous visite\u00a0?',
    hostHint: 'Prénom et nom.',
    terms: 'J’accepte les conditions d’utilisation',
    button: 'S’inscrire',
    askButton: 'Demander à mon hôte',
    problems: {
      name: 'Saisissez votre nom.',
      email: 'Saisissez une adresse e-mail, par exemple anna@example.com.',
      host: 'Saisissez le nom de la personne à qui vous rendez visite.',
      hostUnknown:
        'Personne de ce nom ne peut être joint ici. Vérifiez l’orthographe, ou adressez-vous à l’accueil.',
      hostSeveral: 'Plusieurs personnes correspondent. Saisissez le prénom et le nom.',
      terms: 'Acceptez les conditions d’utilisation pour continuer.',
    },
    busy: { title: 'Ce n’est pas possible maintenant', text: 'Veuillez vous adresser à l’accueil.' },
  },
  waiting: {
    title: 'Votre hôte a été prévenu',
    text: 'Attendez sa réponse. Cette page continue toute seule.',
    wifi: 'Vous pouvez fermer cette page\u00a0: dès que votre hôte dit oui, cet appareil est en ligne.',
    haveCode: 'J’ai un code',
    declined: {
      title: 'Votre hôte ne peut pas vous recevoir maintenant',
      text: 'Veuillez vous adresser à l’accueil.',
    },
    expired: {
      title: 'Personne n’a répondu',
      text: 'Demandez encore une fois, ou allez à l’accueil.',
      again: 'Demander encore',
    },
  },
  approve: {
    title: (visitor) => `${visitor} vous demande`,
    asked: (when) => `Demandé ${when}`,
    atDesk: 'Se trouve à la borne d’accueil.',
    onWifi: 'Attend le Wi-Fi.',
    lasts: (duration) => `Si vous dites oui, le Wi-Fi est ouvert pendant ${duration}.`,
    stranger: 'Vous ne connaissez pas cette personne\u00a0? Alors refusez.',
    yes: 'Faire entrer',
    no: 'Refuser',
    approved: (when) => `Accepté ${when}`,
    declined: (when) => `Refusé ${when}`,
    stands: 'Cette réponse est définitive. L’accueil peut la changer.',
    expired: {
      title: 'Cette demande est terminée',
      text: 'Personne n’a répondu à temps. Le visiteur peut demander de nouveau.',
    },
    unknown: {
      title: 'Cette demande n’existe pas',
      text: 'Le lien est coupé, ou il a plus d’un jour.',
    },
  },
};
