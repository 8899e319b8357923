import type { SessionView } from '../src/index.js';

export function view(changes: Partial<SessionView> = {}): SessionView {
  return {
    id: 'one',
    version: 1,
    status: 'streaming',
    block: 10,
    seed: 7,
    prompt: 'a forest at night',
    meaning: 'forest, night',
    controls: {},
    cues: [],
    viewers: 1,
    stateBytes: 1000,
    statePolicy: 'window(3)',
    model: 'world',
    engine: 'cpu-0',
    width: 320,
    height: 192,
    framesPerSecond: 16,
    framesPerBlock: 8,
    created: '2026-01-01T00:00:00Z',
    lead: 0.5,
    stalls: 0,
    ...changes,
  };
}

/** Lets everything that was promised happen, without a timer. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}
