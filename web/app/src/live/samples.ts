import type { CueReceipt, ModelCard, ModelControl, SessionView } from '@sanalive/client';

/** For tests: a stream that runs. */
export function view(changes: Partial<SessionView> = {}): SessionView {
  return {
    id: 'one',
    version: 1,
    status: 'streaming',
    block: 100,
    seed: 7,
    prompt: 'a forest at night',
    meaning: 'forest, night',
    controls: {},
    cues: [],
    viewers: 1,
    stateBytes: 1_943_552,
    statePolicy: 'window(3)',
    model: 'world',
    engine: 'cpu-0',
    width: 320,
    height: 192,
    framesPerSecond: 16,
    framesPerBlock: 8,
    created: '2026-01-01T00:00:00Z',
    lead: 1,
    stalls: 0,
    ...changes,
  };
}

export function receipt(changes: Partial<CueReceipt> = {}): CueReceipt {
  return {
    id: 'c1',
    clientId: null,
    prompt: 'the sun rises',
    status: 'accepted',
    block: 104,
    blendBlocks: 0,
    mediaTime: null,
    understood: ['dawn'],
    notUnderstood: [],
    note: null,
    ...changes,
  };
}

export function card(changes: Partial<ModelCard> = {}): ModelCard {
  return {
    name: 'world',
    license: 'Apache-2.0',
    promptSemantics: 'merge',
    width: 320,
    height: 192,
    framesPerSecond: 16,
    framesPerBlock: 8,
    parameters: 11_000_000,
    steps: 4,
    statePolicy: 'window(3)',
    defaultPrompt: 'a forest',
    suggestions: ['a city in the rain'],
    vocabulary: [
      { name: 'place', values: ['forest', 'coast'] },
      { name: 'time', values: ['day', 'night'] },
    ],
    controls: [],
    fingerprint: 'f',
    ...changes,
  };
}

/** A model's controls as a server lists them. */
export const controls: readonly ModelControl[] = [
  { name: 'place', attribute: 'place', type: 'choice', values: ['forest', 'coast'], default: 'forest' },
  { name: 'time', attribute: 'time', type: 'choice', values: ['dawn', 'day', 'sunset', 'night'], default: 'day' },
  { name: 'hour', attribute: 'time', type: 'number', minimum: 0, maximum: 24, unit: 'h', default: 12 },
  { name: 'speed', attribute: 'speed', type: 'number', minimum: 10, maximum: 60, unit: 'px/s', values: ['slow', 'fast'], default: 30 },
  { name: 'direction', attribute: 'direction', type: 'choice', values: ['right', 'left'], default: 'right' },
];
