import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { ControlValues, CueReceipt } from '@sanalive/client';
import Choices from './Choices.svelte';
import Composer from './Composer.svelte';
import { planOf, steerByKey, timeOfDay } from './controlPlan';
import Controls from './Controls.svelte';
import { condensed, wordsOf } from './cues';
import { Draft } from './draft.svelte';
import Receipts from './Receipts.svelte';
import { card, controls, receipt, view } from './samples';
import { button, session, show } from './showing';
import { overlaid, Steered } from './steered';

const set = (changes: Partial<CueReceipt> = {}) =>
  receipt({ prompt: '45 px/s', understood: ['45 px/s'], controls: { speed: 45 }, status: 'applied', ...changes });

describe('an arrow key', () => {
  const plan = planOf(controls);
  const press = (key: string, values: ControlValues) => steerByKey(key, plan, values);

  it('up or down sets a tenth of the range more or less speed', () => {
    expect(press('ArrowUp', { speed: 30 })).toEqual({ name: 'speed', value: 35 });
    expect(press('ArrowDown', { speed: 30 })).toEqual({ name: 'speed', value: 25 });
  });

  it('stops at the ends of the range', () => {
    expect(press('ArrowUp', { speed: 58 })).toEqual({ name: 'speed', value: 60 });
    expect(press('ArrowUp', { speed: 60 })).toBeNull();
    expect(press('ArrowDown', { speed: 10 })).toBeNull();
  });

  it('left or right sets the direction, once', () => {
    expect(press('ArrowLeft', { direction: 'right' })).toEqual({ name: 'direction', value: 'left' });
    expect(press('ArrowLeft', { direction: 'left' })).toBeNull();
    expect(press('ArrowRight', { direction: 'left' })).toEqual({ name: 'direction', value: 'right' });
  });

  it('sets nothing that the model does not have', () => {
    for (const key of ['ArrowUp', 'ArrowLeft']) expect(steerByKey(key, planOf([]), {})).toBeNull();
    const strange = planOf([{ name: 'direction', attribute: 'direction', type: 'choice', values: ['north', 'south'], default: 'north' }]);
    expect(steerByKey('ArrowLeft', strange, {})).toBeNull();
  });
});

describe('the plan of the controls', () => {
  it('gives the hour in place of the words for it, and a pill to every other choice', () => {
    const plan = planOf(controls);
    expect([plan.hour?.name, plan.speed?.name, plan.direction?.name]).toEqual(['hour', 'speed', 'direction']);
    expect(plan.choices.map((choice) => choice.name)).toEqual(['place']);
  });

  it('leaves out what a card says by halves', () => {
    const plan = planOf([
      { name: 'speed', attribute: 'speed', type: 'number', minimum: 5, default: 5 },
      { name: 'place', attribute: 'place', type: 'choice', values: [], default: '' },
    ]);
    expect(plan).toEqual({ hour: null, speed: null, direction: null, numbers: [], choices: [] });
  });

  it('tells the hour as clocks do', () => {
    expect([0, 6.25, 16.5, 23.999, 24].map(timeOfDay)).toEqual(['00:00', '06:15', '16:30', '00:00', '00:00']);
  });
});

describe('a knob', () => {
  it('stays where the hand put it until its cue is applied', () => {
    const steered = new Steered();
    steered.set('speed', 45, controls);
    steered.sent({ speed: 45 }, 'a');
    steered.view(view({ cues: [set({ clientId: 'a', status: 'accepted' })] }));
    expect(steered.values).toEqual({ speed: 45 });
    steered.view(view({ cues: [set({ clientId: 'a' })] }));
    expect(steered.values).toEqual({});
  });

  it('does not jump back while a later value is on its way', () => {
    const steered = new Steered();
    steered.set('speed', 45, controls);
    steered.sent({ speed: 45 }, 'a');
    steered.set('speed', 50, controls);
    steered.view(view({ cues: [set({ clientId: 'a' })] }));
    steered.refused('a');
    expect(steered.values).toEqual({ speed: 50 });
  });

  it('goes back when the server refuses its value', () => {
    const steered = new Steered();
    steered.set('speed', 45, controls);
    steered.sent({ speed: 45 }, 'a');
    steered.refused('a');
    expect(steered.values).toEqual({});
  });

  it('is let go when its cue was forgotten before this page saw it applied', () => {
    const steered = new Steered();
    steered.set('speed', 45, controls);
    steered.sent({ speed: 45 }, 'a');
    steered.view(view());
    expect(steered.values).toEqual({ speed: 45 });
    steered.view(view({ cues: [set({ clientId: 'a', status: 'accepted' })] }));
    steered.view(view());
    expect(steered.values).toEqual({});
  });

  it('for the hour takes the place of the word in force', () => {
    expect(overlaid({ time: 'day', hour: 12, speed: 30 }, { hour: 16.5 }, controls)).toEqual({ hour: 16.5, speed: 30 });
  });
});

describe('Controls and Choices', () => {
  const inForce = { place: 'forest', time: 'sunset', hour: 18, speed: 42, direction: 'left' };
  const steerable = () => session({ card: card({ controls }), view: view({ controls: inForce }), controls: inForce });

  it('show speed, direction and hour, and set them', () => {
    const live = steerable();
    const root = show(Controls, { session: live });
    expect(root.textContent).toContain('18:00 sunset');
    expect(root.querySelector('[data-testid=speed]')!.textContent).toBe('42');
    expect(root.querySelector('[data-testid=direction-left]')!.getAttribute('aria-pressed')).toBe('true');
    root.querySelector<HTMLElement>('[data-testid=direction-right]')!.click();
    expect(live.steer).toHaveBeenLastCalledWith('direction', 'right');
    const hour = root.querySelector<HTMLInputElement>('[data-testid=sky] input')!;
    hour.value = '6.5';
    hour.dispatchEvent(new Event('input', { bubbles: true }));
    expect(live.steer).toHaveBeenLastCalledWith('hour', 6.5);
  });

  it('go past midnight by keyboard', () => {
    const live = session({ card: card({ controls }), controls: { hour: 0 } });
    const root = show(Controls, { session: live });
    const hour = root.querySelector('[data-testid=sky] input')!;
    hour.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true, cancelable: true }));
    expect(live.steer).toHaveBeenLastCalledWith('hour', 23.75);
  });

  it('spread out the values of the model and set the pressed one', () => {
    const live = steerable();
    const root = show(Choices, { session: live });
    root.querySelector<HTMLElement>('[data-testid=choice-place]')!.click();
    flushSync();
    expect(button(root, 'forest').getAttribute('aria-pressed')).toBe('true');
    button(root, 'coast').click();
    expect(live.steer).toHaveBeenCalledExactlyOnceWith('place', 'coast');
  });

  it('are not there for a model without controls', () => {
    for (const component of [Controls, Choices]) expect(show(component, { session: session() }).querySelector('button, input')).toBeNull();
  });
});

describe('the receipts of controls', () => {
  it('are one entry for one drag, and leave nothing of what was superseded', () => {
    const shown = condensed([
      receipt({ id: 'w', status: 'applied' }),
      set({ id: 'a' }),
      set({ id: 'b', status: 'superseded' }),
      set({ id: 'c', prompt: '50 px/s', understood: ['50 px/s'] }),
      set({ id: 'd', prompt: 'left', understood: ['left'], controls: { direction: 'left' } }),
    ]);
    expect(shown.map(({ cue, count }) => [cue.id, count])).toEqual([['d', 1], ['c', 2], ['w', 1]]);
  });

  it('never hide words, nor join across them', () => {
    const shown = condensed([set({ id: 'a' }), receipt({ id: 'w', status: 'superseded' }), set({ id: 'b' })]);
    expect(shown.map(({ cue }) => cue.id)).toEqual(['b', 'w', 'a']);
  });

  it('do not take the subtitle from the words', () => {
    const words = receipt({ id: 'w', status: 'applied', prompt: 'night falls' });
    expect(wordsOf(view({ prompt: '45 px/s', cues: [words, set()] }))).toBe('night falls');
    expect(wordsOf(view({ prompt: '45 px/s', cues: [set()] }))).toBe('');
    expect(wordsOf(view({ prompt: 'a forest at night' }))).toBe('a forest at night');
    const cues = [receipt({ prompt: 'snow', status: 'applied', block: 20 }), receipt({ id: 'c2', prompt: 'rain', status: 'applied', block: 50 })];
    const rewind = { bookmark: 'b1', block: 60, from: 40 };
    expect(wordsOf(view({ block: 70, cues, rewind }))).toBe('snow');
    expect(wordsOf(view({ block: 60, cues, rewind }))).toBe('rain');
    expect(wordsOf(view({ block: 70, prompt: 'a forest', cues: cues.slice(1), rewind }))).toBe('a forest');
  });
});

describe('words that were not understood', () => {
  const receipts = (cues: CueReceipt[], steering = true) => {
    const draft = new Draft();
    const live = session({ card: card({ controls }), view: view({ cues }) });
    return { draft, root: show(Receipts, { session: live, draft, steering, onchange: () => {}, onpress: () => {} }) };
  };
  const dragon = receipt({ id: 'd', status: 'applied', understood: ['forest'], notUnderstood: ['dragon'] });

  it('bring the words that are known, ready to be written', () => {
    const { root, draft } = receipts([dragon]);
    expect(root.textContent).toContain('not understood: dragon');
    button(root.querySelector<HTMLElement>('[data-testid=known]')!, 'coast').click();
    expect(draft.text).toBe('coast');
  });

  it('bring them once, and only while they are the last words', () => {
    expect(receipts([dragon, set({ id: 's' })]).root.querySelectorAll('[data-testid=known]')).toHaveLength(1);
    expect(receipts([dragon, receipt({ id: 'e' })]).root.querySelector('[data-testid=known]')).toBeNull();
  });

  it('bring nothing to a viewer', () => {
    expect(receipts([dragon], false).root.querySelector('[data-testid=known]')).toBeNull();
  });

  it('are not offered beforehand where there are controls', () => {
    const root = show(Composer, { session: session({ card: card({ controls }) }), draft: new Draft(), fullScreen: false });
    expect(() => button(root, 'night')).toThrow();
  });
});
