import type { Texts } from './en.js';

export const texts: Texts = {
  lang: 'zh',
  locale: 'zh-Hans',
  dir: 'ltr',
  language: '简体中文',
  switchTo: '语言',

  noName: '访客 Wi-Fi',
  errorTitle: (title) => `错误：${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: '连接 Wi-Fi',
    label: '您的访问码',
    hint: '仅限数字，请见邀请函。',
    noCode: '没有访问码？请咨询前台。',
    button: '开始上网',
    emailLabel: '您的邮箱地址',
    emailHint: '收到邀请函的那个邮箱。',
    claimed: '访问码已为您填好，随时可以开始上网。',
    again: '此页面打开的时间太长了，请再发送一次访问码。',
    unknownLink: '此链接已失效。请直接输入访问码，或咨询前台。',
  },
  malformed: {
    title: '这不是完整的访问码',
    text: '访问码为 5 到 10 位数字，例如 4821\u00a00937。带空格或短横线也可以。',
  },
  notForm: {
    title: '无法读取提交的内容',
    text: '请在下方输入访问码，然后点按按钮。',
  },
  refused: {
    title: '此访问码不能用来上网',
    text: '请与邀请函逐位核对，然后重新输入。访问码只在您来访时间前后有效；如果收到了新的邀请函，旧访问码就不再有效。',
    withEmail: '请与邀请函核对：访问码逐位核对，邮箱须是收到邀请函的那个。没有邮箱地址？前台可为您开通。',
  },
  early: {
    title: (when) => `${when} 起可以上网`,
    text: '访问码正确。届时再输入一次，即可上网。',
    checkInTitle: '请先到前台登记',
    checkInText: '访问码正确。前台为您登记后即可使用 Wi-Fi，届时请在此再输入一次。',
  },
  expired: {
    title: (when) => `上网时间已于${when} 结束`,
    text: '前台可以为您延长。访问码不变，延长后在此再输入一次即可。',
  },
  checkInOnly: {
    title: '此访问码仅用于来访登记',
    text: '它不能用来上网。请在前台出示此码，并在那里咨询如何上网。',
  },
  email: {
    title: '还需要您的邮箱地址',
    text: '最近这里多次有人输入错误的访问码。为保护您的访问码，请连同收到邀请函的邮箱地址一起输入。没有邮箱地址？前台可为您开通。',
  },
  throttled: {
    title: (wait) => `请等待${wait}`,
    text: '多次输入的访问码有误。时间到后，请再输入一次。前台可以帮您查询访问码。',
  },
  deviceLimit: {
    title: '此访问码的设备数量已满',
    text: '请选择一台要断开 Wi-Fi 的设备，由本设备替换它。',
    noneLeft: '此访问码的设备数量已满，而且一天内已更换过三次。前台可以帮助您。',
    legend: '断开哪台设备？',
    device: (tail, since) => `尾号为 ${tail} 的设备，${since}在线`,
    button: '替换并开始上网',
  },

  connecting: {
    title: '正在开通 Wi-Fi…',
    text: (until) => `您可以上网${until}。请稍候，页面会自动跳转。`,
    slowTitle: '等待时间比平常长',
    slowText: '您无需再次输入访问码。Wi-Fi 会尽快开通，开通后此页面会告诉您。如果一直没有开通，请告知前台。',
  },
  connected: {
    title: (until) => `已联网，可用${until}`,
    text: (left) => `${left}。您可以关闭此页面。`,
    leave: '断开此设备的 Wi-Fi',
  },
  ended: {
    title: '此设备已断开 Wi-Fi',
    text: '上网时间已到，或设备已被断开。用仍然有效的访问码可以重新连接。',
    link: '输入访问码',
  },
  handoff: {
    title: '还差一步',
    text: '访问码正确。Wi-Fi 即将开通。如果没有反应，请点按按钮。',
    press: '访问码正确。请点按按钮开通 Wi-Fi。',
    button: '开通 Wi-Fi',
  },
  handoffFailed: {
    title: '网络未能开通',
    text: '访问码正确，但路由器没有接入此设备。请断开 Wi-Fi 后重新连接，再打开此页面。如果仍然不行，请告知前台。',
    link: '再试一次',
  },

  unknownClient: {
    title: '请先连接 Wi-Fi',
    text: '此页面无法识别您的设备。请连接访客 Wi-Fi，关闭移动数据和 VPN，然后重新打开此页面。',
    claim: '请将此设备连接到访客 Wi-Fi，然后重新打开此链接，访问码会自动填好。',
    desk: '已经连接了？请断开 Wi-Fi 后重新连接。如果仍然不行，前台可为您开通。',
    link: '重新检查',
  },
  notFound: {
    title: '没有这个页面',
    text: '点按下方按钮，前往连接 Wi-Fi 的页面。',
    link: '连接 Wi-Fi',
  },
  unavailable: {
    title: '请稍候',
    text: '暂时无法核对访问码。此页面每隔几秒会自动重试。',
    link: '立即重试',
  },
  broken: {
    title: '我们这边出了问题',
    text: (reference) => `不是您的访问码有误。请重试，或将此编号告知前台：${reference}。`,
    link: '返回首页',
  },

  terms: {
    title: '使用条款',
    link: '开始上网即表示您接受使用条款。',
    back: '返回',
  },

  left: (duration) => `还剩${duration}`,
  almostOver: '还剩不到一分钟',
  at: (clock) => `今天 ${clock}`,
  onDay: (dayAndClock) => dayAndClock,
  until: (clock) => `至 ${clock}`,
  untilDay: (dayAndClock) => `至 ${dayAndClock}`,
  since: (clock) => `${clock} 起`,
  sinceDay: (dayAndClock) => `${dayAndClock} 起`,
};
