/**
 * Makes the check-in desk better; every page works without it.
 * - draws large keys for the code,
 * - reads QR codes with the camera: by the browser's own detector, else by /assets/jsqr.js, which is loaded for that,
 * - goes back to the start from a page that nobody touches, as the page itself does without script,
 * - follows a page that waits for an answer more closely than it would by itself.
 */

const FOLLOW_MS = 1000;
const LOOK_MS = 150;
/** A camera that nobody shows anything is turned off. */
const CAMERA_MS = 60_000;
const CLAIM = /\/claim\/[\w-]{8,64}$/;

const field = document.querySelector('[data-pin-form] input[name="pin"]');
const keypad = document.querySelector('[data-keypad]');

function drawKeys() {
  // The tablet's own keyboard stays away while there are keys on the page.
  field.inputMode = 'none';
  const key = (text, act) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.addEventListener('click', () => {
      act();
      field.focus();
    });
    keypad.append(button);
    return button;
  };
  const digit = (n) => key(String(n), () => {
    if (field.value.length < field.maxLength) field.value += n;
  });
  for (let n = 1; n <= 9; n++) digit(n);
  digit(0).className = 'zero';
  const erase = key('⌫', () => {
    field.value = field.value.slice(0, -1);
  });
  erase.setAttribute('aria-label', keypad.dataset.erase);
  keypad.hidden = false;
  keypad.parentElement.classList.add('with-keys');
}

if (field && keypad) drawKeys();

/** Gives what stands in a QR code in a picture of the video; undefined where there is none. */
async function reader() {
  if ('BarcodeDetector' in window) {
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (formats.includes('qr_code')) {
      const detector = new BarcodeDetector({ formats: ['qr_code'] });
      return async (video) => (await detector.detect(video))[0]?.rawValue;
    }
  }
  if (!window.jsQR) {
    await new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = '/assets/jsqr.js';
      script.addEventListener('load', resolve);
      script.addEventListener('error', reject);
      document.head.append(script);
    });
  }
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    const [width, height] = [video.videoWidth, video.videoHeight];
    if (width === 0) return undefined;
    canvas.width = width;
    canvas.height = height;
    context.drawImage(video, 0, 0, width, height);
    return window.jsQR(context.getImageData(0, 0, width, height).data, width, height)?.data;
  };
}

function useCamera(button) {
  const panel = document.querySelector('[data-scanner]');
  const form = document.querySelector('[data-scan-form]');
  const failed = document.querySelector('[data-scan-failed]');
  const video = panel.querySelector('video');
  let stream;
  let timer;
  let off;

  const stop = () => {
    clearTimeout(timer);
    clearTimeout(off);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    panel.hidden = true;
    button.hidden = false;
  };
  const fail = () => {
    stop();
    button.hidden = true;
    failed.hidden = false;
  };

  async function look(read) {
    const text = await read(video).catch(() => undefined);
    if (!stream) return;
    if (text && CLAIM.test(text)) {
      form.elements.scan.value = text;
      stop();
      form.submit();
    } else timer = setTimeout(() => look(read), LOOK_MS);
  }

  async function begin() {
    button.hidden = true;
    panel.hidden = false;
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' } });
    video.srcObject = stream;
    await video.play();
    off = setTimeout(stop, CAMERA_MS);
    await look(await reader());
  }

  button.hidden = false;
  button.addEventListener('click', () => begin().catch(fail));
  panel.querySelector('[data-scan-stop]').addEventListener('click', stop);
  addEventListener('pagehide', stop);
}

const scan = document.querySelector('[data-scan]');
if (scan && isSecureContext && navigator.mediaDevices) useCamera(scan);

const idle = document.querySelector('[data-return]');
if (idle) {
  const [seconds, to] = idle.dataset.return.split(';url=');
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(to), Number(seconds) * 1000);
  };
  for (const type of ['pointerdown', 'keydown', 'input']) addEventListener(type, again);
  again();
}

const waiting = document.querySelector('[data-follow]');
if (waiting) {
  setInterval(async () => {
    const answer = await fetch(location.href).catch(() => undefined);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!page.querySelector('[data-follow]')) location.reload();
  }, FOLLOW_MS);
}
