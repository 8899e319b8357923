/** The start page's sky, by the hour that the typed words name. Colours from the zenith to the horizon, and the sun's place. */
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
