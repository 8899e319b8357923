/** A sky's colours from the zenith to the horizon, and the place of its light: the start page's, and the strip that steers the hour. */
export interface Sky {
  readonly high: string;
  readonly middle: string;
  readonly low: string;
  readonly sun: string;
  /** -1 below, 0 on, 1 high above the horizon. */
  readonly height: number;
  readonly hue: number;
}

const NIGHT: Sky = { high: '#05070f', middle: '#0a1022', low: '#1a2340', sun: '#dfe6ff', height: 0.8, hue: 265 };
const DAWN: Sky = { high: '#0b1020', middle: '#2b2440', low: '#c9795c', sun: '#ffd3a1', height: 0.1, hue: 55 };
const DAY: Sky = { high: '#123a63', middle: '#2f6a96', low: '#a9c9d4', sun: '#fff6df', height: 1, hue: 225 };
const DUSK: Sky = { high: '#0c0b1c', middle: '#3a1c3d', low: '#d0573d', sun: '#ffb066', height: 0.02, hue: 40 };

const HOURS: readonly (readonly [RegExp, Sky])[] = [
  [/\b(night|midnight|moon\w*|stars?|dark)\b/i, NIGHT],
  [/\b(dawn|sunrise|morning|sun rises)\b/i, DAWN],
  [/\b(sunset|dusk|evening|sun sets)\b/i, DUSK],
  [/\b(day|noon|midday|sunny|bright)\b/i, DAY],
];

export function skyOf(words: string): Sky {
  return HOURS.find(([pattern]) => pattern.test(words))?.[1] ?? DUSK;
}

/** The skies of a day by the hour, from one midnight to the next. */
export const DAY_OF_SKIES: readonly { readonly hour: number; readonly sky: Sky }[] = [
  { hour: 0, sky: NIGHT },
  { hour: 4.2, sky: NIGHT },
  { hour: 6, sky: DAWN },
  { hour: 8, sky: DAY },
  { hour: 16, sky: DAY },
  { hour: 18, sky: DUSK },
  { hour: 19.8, sky: NIGHT },
  { hour: 24, sky: NIGHT },
];

/** Where the light of this hour stands: 0 on the horizon at six and eighteen o'clock, 1 at noon (the sun) and at midnight (the moon). */
export function elevationAt(hour: number): number {
  return Math.abs(Math.cos((hour / 12) * Math.PI));
}

/** From six to eighteen o'clock it is the sun that shines, else the moon. */
export function sunlit(hour: number): boolean {
  return hour >= 5.5 && hour <= 18.5;
}
