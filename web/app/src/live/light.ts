/** The picture in a few numbers: what the page's light and the timeline's colours are made of. */

export const COLUMNS = 16;
export const ROWS = 8;

export interface Light {
  /** ROWS colours from top to bottom: the picture averaged over each row, `[r, g, b]` each. */
  readonly rows: readonly (readonly [number, number, number])[];
  /** Degrees on the OKLCH circle. */
  readonly hue: number;
  /** 0 for a grey picture. */
  readonly chroma: number;
}

/** Reads a picture that was drawn small: COLUMNS x ROWS pixels, RGBA. */
export function lightOf(pixels: Uint8ClampedArray): Light {
  const rows: [number, number, number][] = [];
  // Chroma-weighted mean of the colour directions: a small red train counts more than a large grey sky.
  let a = 0;
  let b = 0;
  let weight = 0;
  for (let y = 0; y < ROWS; y++) {
    const sum: [number, number, number] = [0, 0, 0];
    for (let x = 0; x < COLUMNS; x++) {
      const at = 4 * (y * COLUMNS + x);
      const red = pixels[at] ?? 0;
      const green = pixels[at + 1] ?? 0;
      const blue = pixels[at + 2] ?? 0;
      sum[0] += red;
      sum[1] += green;
      sum[2] += blue;
      const lab = oklab(red / 255, green / 255, blue / 255);
      const chroma = Math.hypot(lab.a, lab.b);
      a += lab.a * chroma;
      b += lab.b * chroma;
      weight += chroma;
    }
    rows.push([sum[0] / COLUMNS, sum[1] / COLUMNS, sum[2] / COLUMNS]);
  }
  if (weight > 0) {
    a /= weight;
    b /= weight;
  }
  const hue = (Math.atan2(b, a) * 180) / Math.PI;
  return { rows, hue: (hue + 360) % 360, chroma: Math.hypot(a, b) };
}

/** `target` as the nearest turn of `from`: 350 → 370 rather than 10, so that a transition never runs around the circle. */
export function nearestTurn(from: number, target: number): number {
  return from + ((((target - from + 180) % 360) + 360) % 360) - 180;
}

function oklab(red: number, green: number, blue: number): { a: number; b: number } {
  const r = linear(red);
  const g = linear(green);
  const b = linear(blue);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

function linear(c: number): number {
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}
