/** A text as a QR code that survives outdoors: a quarter of it may be scratched, and the quiet zone of ISO/IEC 18004 is part of it. */
import { PNG } from 'pngjs';
import encodeQR from 'qr';

const LOOK = { ecc: 'quartile', border: 4 } as const;
/** Of a module, in pixels: a code of 45 modules prints at 300 dpi on 46 mm. */
const SCALE = 12;

export function qrSvg(text: string): string {
  return encodeQR(text, 'svg', LOOK);
}

export function qrPng(text: string): Buffer {
  const dark = encodeQR(text, 'raw', LOOK);
  const size = dark.length * SCALE;
  const image = new PNG({ width: size, height: size, colorType: 0 });
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) image.data.fill(dark[Math.floor(y / SCALE)]![Math.floor(x / SCALE)] ? 0 : 255, (y * size + x) * 4, (y * size + x) * 4 + 3);
  }
  for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
  return PNG.sync.write(image, { colorType: 0 });
}
