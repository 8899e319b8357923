import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, vi } from 'vitest';
import type { LiveSession } from './liveSession.svelte';
import { card, view } from './samples';

/** A session that never connects: the components see its fields only. */
export function session(fields: Partial<Record<keyof LiveSession, unknown>> = {}): LiveSession {
  return {
    id: 'one',
    key: 'secret',
    view: view(),
    card: card(),
    condition: 'live',
    controls: {},
    pending: [],
    samples: [],
    refusal: null,
    retryIn: null,
    steer: vi.fn(),
    cue: vi.fn(async () => {}),
    changeCue: vi.fn(async () => true),
    withdrawCue: vi.fn(async () => true),
    dismiss: vi.fn(),
    resend: vi.fn(),
    close: vi.fn(),
    ...fields,
  } as unknown as LiveSession;
}

let mounted: Record<string, unknown>[] = [];

export function show<Props extends Record<string, unknown>>(component: Component<Props, any, any>, props: Props): HTMLElement {
  const target = document.createElement('div');
  document.body.append(target);
  mounted.push(mount(component, { target, props }));
  flushSync();
  return target;
}

afterEach(async () => {
  for (const component of mounted) await unmount(component);
  mounted = [];
  document.body.replaceChildren();
});

export function button(root: HTMLElement, name: string): HTMLButtonElement {
  const found = [...root.querySelectorAll('button')].find((b) => b.textContent?.trim() === name);
  if (!found) throw new Error(`no button ${name}`);
  return found;
}
