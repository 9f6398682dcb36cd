import type { Texts } from './en.js';

/** The first of a month is an ordinal. */
const day = (dayAndClock: string): string => dayAndClock.replace(' 1 ', ' 1er ');

export const texts: Texts = {
  lang: 'fr',
  locale: 'fr',
  dir: 'ltr',
  language: 'Français',
  switchTo: 'Langue',

  noName: 'Wi-Fi visiteurs',
  errorTitle: (title) => `Erreur\u00a0: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Accéder au Wi-Fi',
    label: 'Votre code',
    hint: 'Il est dans votre invitation. Uniquement des chiffres.',
    noCode: 'Pas de code\u00a0? Adressez-vous à l’accueil.',
    button: 'Se connecter',
    emailLabel: 'Votre adresse e-mail',
    emailHint: 'Celle à laquelle votre invitation a été envoyée.',
    claimed: 'Votre code est déjà saisi. Connectez-vous quand vous voulez.',
    again: 'Cette page est restée ouverte trop longtemps. Envoyez votre code encore une fois.',
    unknownLink: 'Ce lien ne mène plus à aucun code. Saisissez votre code ici, ou adressez-vous à l’accueil.',
  },
  malformed: {
    title: 'Ce n’est pas un code complet',
    text: 'Un code compte de 5 à 10 chiffres, par exemple 4821\u00a00937. Les espaces et les tirets ne gênent pas.',
  },
  notForm: {
    title: 'Votre saisie n’a pas pu être lue',
    text: 'Saisissez votre code dans le champ ci-dessous et appuyez sur le bouton.',
  },
  refused: {
    title: 'Ce code n’ouvre pas le Wi-Fi',
    text: 'Comparez-le chiffre par chiffre avec votre invitation et saisissez-le de nouveau. Il ne fonctionne qu’autour de l’heure de votre visite, et une invitation plus récente remplace l’ancien code.',
    withEmail:
      'Comparez les deux avec votre invitation\u00a0: le code, chiffre par chiffre, et l’adresse à laquelle elle a été envoyée. Pas d’invitation par e-mail\u00a0? L’accueil vous donnera accès.',
  },
  early: {
    title: (when) => `Votre accès commence ${when}`,
    text: 'Votre code est bon. Saisissez-le de nouveau à ce moment-là et vous serez en ligne.',
    checkInTitle: 'Passez d’abord à l’accueil',
    checkInText:
      'Votre code est bon. Il ouvrira le Wi-Fi dès que l’accueil aura enregistré votre arrivée\u00a0; saisissez-le alors de nouveau ici.',
  },
  expired: {
    title: (when) => `Votre accès a pris fin ${when}`,
    text: 'L’accueil peut le prolonger. Ensuite, saisissez de nouveau le même code ici.',
  },
  checkInOnly: {
    title: 'Ce code sert à annoncer votre arrivée',
    text: 'Il n’ouvre pas le Wi-Fi. Présentez-le à l’accueil et demandez-y le Wi-Fi.',
  },
  email: {
    title: 'Encore une chose\u00a0: votre adresse e-mail',
    text: 'Beaucoup de codes erronés ont été saisis ici récemment. Pour protéger le vôtre, saisissez-le avec l’adresse à laquelle votre invitation a été envoyée. Pas d’invitation par e-mail\u00a0? L’accueil vous donnera accès.',
  },
  throttled: {
    title: (wait) => `Patientez ${wait}`,
    text: 'Plusieurs codes étaient erronés. Après cette attente, saisissez de nouveau le vôtre. L’accueil peut le retrouver pour vous.',
  },
  deviceLimit: {
    title: 'Trop d’appareils pour ce code',
    text: 'Choisissez celui qui quitte le Wi-Fi\u00a0: cet appareil-ci prendra sa place.',
    noneLeft:
      'Toutes les places de ce code sont prises, et trois échanges ont déjà eu lieu en un jour. L’accueil peut vous aider.',
    legend: 'Quel appareil quitte le Wi-Fi\u00a0?',
    device: (tail, since) => `Appareil se terminant par ${tail}, connecté ${since}`,
    button: 'Échanger et se connecter',
  },

  connecting: {
    title: 'Ouverture du Wi-Fi…',
    text: (until) =>
      `Vous avez accès au Wi-Fi ${until}. Encore un instant\u00a0: la page continue d’elle-même.`,
    slowTitle: 'C’est plus long que d’habitude',
    slowText:
      'Inutile de saisir de nouveau votre code\u00a0: le Wi-Fi s’ouvrira dès que possible, et cette page vous le dira. Si cela dure, prévenez l’accueil.',
  },
  connected: {
    title: (until) => `Vous êtes en ligne ${until}`,
    text: (left) => `${left}. Vous pouvez fermer cette page.`,
    leave: 'Déconnecter cet appareil',
  },
  ended: {
    title: 'Cet appareil n’est plus sur le Wi-Fi',
    text: 'Son temps est écoulé, ou il a été déconnecté. Avec un code encore valable, il peut revenir.',
    link: 'Saisir un code',
  },
  handoff: {
    title: 'Encore une étape',
    text: 'Votre code est bon. Le Wi-Fi s’ouvre dans un instant. S’il ne se passe rien, appuyez sur le bouton.',
    press: 'Votre code est bon. Appuyez sur le bouton pour ouvrir le Wi-Fi.',
    button: 'Ouvrir le Wi-Fi',
  },
  handoffFailed: {
    title: 'Le Wi-Fi ne s’est pas ouvert',
    text: 'Votre code est bon, mais le routeur n’a pas laissé entrer cet appareil. Quittez le Wi-Fi, rejoignez-le, puis rouvrez cette page. Si cela ne suffit pas, prévenez l’accueil.',
    link: 'Réessayer',
  },

  unknownClient: {
    title: 'Rejoignez d’abord le Wi-Fi',
    text: 'Cette page ne reconnaît pas votre appareil. Connectez-le au Wi-Fi visiteurs, désactivez les données mobiles et le VPN, puis rouvrez cette page.',
    claim:
      'Connectez cet appareil au Wi-Fi visiteurs, puis rouvrez ce lien\u00a0: votre code sera déjà saisi.',
    desk: 'Vous y êtes déjà\u00a0? Quittez le Wi-Fi, puis rejoignez-le. Si cela ne suffit pas, l’accueil vous donnera accès.',
    link: 'Vérifier de nouveau',
  },
  notFound: {
    title: 'Cette page n’existe pas',
    text: 'L’accès au Wi-Fi est à un pas d’ici.',
    link: 'Accéder au Wi-Fi',
  },
  unavailable: {
    title: 'Un instant, s’il vous plaît',
    text: 'Aucun code ne peut être vérifié pour le moment. Cette page réessaie d’elle-même à quelques secondes d’intervalle.',
    link: 'Réessayer maintenant',
  },
  broken: {
    title: 'Quelque chose ne va pas de notre côté',
    text: (reference) =>
      `Votre code n’y est pour rien. Réessayez, ou donnez ce numéro à l’accueil\u00a0: ${reference}.`,
    link: 'Revenir au début',
  },

  terms: {
    title: 'Conditions d’utilisation',
    link: 'En vous connectant, vous acceptez les conditions d’utilisation.',
    back: 'Retour',
  },

  left: (duration) => `Il reste ${duration}`,
  almostOver: 'Il reste moins d’une minute',
  at: (clock) => `à ${clock}`,
  onDay: (dayAndClock) => `le ${day(dayAndClock)}`,
  until: (clock) => `jusqu’à ${clock}`,
  untilDay: (dayAndClock) => `jusqu’au ${day(dayAndClock)}`,
  since: (clock) => `depuis ${clock}`,
  sinceDay: (dayAndClock) => `depuis le ${day(dayAndClock)}`,
};
