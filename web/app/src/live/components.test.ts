import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { SessionView } from '@sanalive/client';
import Badge from './Badge.svelte';
import Composer from './Composer.svelte';
import { Draft } from './draft.svelte';
import Invite from './Invite.svelte';
import type { LiveSession } from './liveSession.svelte';
import Making from './Making.svelte';
import Receipts from './Receipts.svelte';
import { card, receipt, view } from './samples';
import StatePicture from './StatePicture.svelte';
import { button, session, show } from './showing';

describe('Receipts', () => {
  const receipts = (changes: Partial<SessionView>, fields: Partial<Record<keyof LiveSession, unknown>> = {}, steering = true) => {
    const draft = new Draft();
    const live = session({ view: view(changes), ...fields });
    const root = show(Receipts, { session: live, draft, steering, onchange: () => {}, onpress: () => {} });
    return { root, draft, live };
  };

  it('shows each receipt with its status, block and what was understood', () => {
    const { root } = receipts({
      cues: [
        receipt({ id: 'a', status: 'applied', block: 90, mediaTime: 45, notUnderstood: ['dragon'] }),
        receipt({ id: 'b', block: 104, blendBlocks: 4 }),
      ],
    });
    const items = [...root.querySelectorAll<HTMLElement>('[data-testid=receipt]')];
    expect(items.map((item) => [item.dataset['status'], item.dataset['block']])).toEqual([
      ['accepted', '104'],
      ['applied', '90'],
    ]);
    expect(items[0]!.textContent).toContain('accepted for block 104: in 4 blocks, 2.00 s, blended over 4 blocks');
    expect(items[1]!.textContent).toContain('applied at block 90, 0:45');
    expect(items[1]!.textContent).toContain('not understood: dragon');
  });

  it('lets a director take back or change only what is to come', () => {
    const { root, draft, live } = receipts({
      cues: [receipt({ id: 'a', status: 'applied' }), receipt({ id: 'b', block: 106, blendBlocks: 4 })],
    });
    expect([...root.querySelectorAll('button')].map((b) => b.textContent)).toEqual(['Change', 'Take back']);
    button(root, 'Take back').click();
    expect(live.withdrawCue).toHaveBeenCalledWith('b');
    button(root, 'Change').click();
    expect(draft).toMatchObject({ text: 'the sun rises', inBlocks: 6, transition: 'blend', blendBlocks: 4 });
    expect(draft.changing?.id).toBe('b');
  });

  it('lets a viewer do nothing', () => {
    const { root } = receipts({ cues: [receipt()] }, {}, false);
    expect(root.querySelectorAll('button')).toHaveLength(0);
  });

  it('says why a cue was refused and offers to send it again', () => {
    const pending = { clientId: 'x', prompt: 'snow', refusal: 'The server does not answer.', request: { prompt: 'snow' } };
    const { root, live } = receipts({}, { pending: [pending] });
    expect(root.textContent).toContain('The server does not answer.');
    button(root, 'Send again').click();
    expect(live.resend).toHaveBeenCalledWith(pending);
  });

  it('tells what became of the picture that the stream began with', () => {
    const { root } = receipts({ image: { width: 4000, height: 3000, note: 'It was cropped to the 4000 x 2400 around its middle.', understood: ['sea', 'boat'] } });
    const first = root.querySelector('[data-testid=start-image]')!;
    expect(first.textContent).toContain('4000 × 3000');
    expect(first.textContent).toContain('cropped to the 4000 x 2400');
    expect(first.textContent).toContain('seen in it: sea, boat');
  });

  it('shows words as words, never as markup', () => {
    const { root } = receipts({ cues: [receipt({ prompt: '<img src=x onerror=alert(1)>' })] });
    expect(root.querySelector('img')).toBeNull();
  });
});

describe('Composer', () => {
  const composer = (fields: Partial<Record<keyof LiveSession, unknown>> = {}) => {
    const draft = new Draft();
    const live = session(fields);
    const root = show(Composer, { session: live, draft, fullScreen: false });
    const input = root.querySelector<HTMLTextAreaElement>('[data-testid=prompt-input]')!;
    const write = (text: string) => {
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      flushSync();
    };
    const enter = () => input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    return { root, draft, live, input, write, enter };
  };

  it('sends what is written on Enter, now and as the model likes', () => {
    const { live, write, enter, draft } = composer();
    write('  the sun rises ');
    enter();
    expect(live.cue).toHaveBeenCalledExactlyOnceWith({ prompt: 'the sun rises' });
    expect(draft.text).toBe('');
  });

  it('sends nothing when nothing is written', () => {
    const { live, write, enter, root } = composer();
    write('   ');
    enter();
    expect(live.cue).not.toHaveBeenCalled();
    expect(root.querySelector<HTMLButtonElement>('[data-testid=prompt-send]')!.disabled).toBe(true);
  });

  it('sends the chosen block and transition', () => {
    const { live, write, enter, draft } = composer();
    draft.inBlocks = 5;
    draft.transition = 'cut';
    flushSync();
    write('snow');
    enter();
    expect(live.cue).toHaveBeenCalledWith({ prompt: 'snow', atBlock: 105, blendBlocks: 0 });
  });

  it('changes the cue that is being changed instead of sending another', async () => {
    const { live, enter, draft } = composer();
    draft.change(receipt({ id: 'b', block: 110 }), 100);
    flushSync();
    enter();
    await Promise.resolve();
    expect(live.changeCue).toHaveBeenCalledWith('b', { prompt: 'the sun rises', atBlock: 110, blendBlocks: 0 });
    expect(live.cue).not.toHaveBeenCalled();
  });

  it('offers the words of the model, marks those on screen and writes the pressed ones', () => {
    const { root, draft } = composer();
    const night = button(root, 'night');
    expect(night.classList.contains('present')).toBe(true);
    expect(button(root, 'day').classList.contains('present')).toBe(false);
    button(root, 'coast').click();
    button(root, 'day').click();
    flushSync();
    expect(draft.text).toBe('coast, day');
    expect(button(root, 'day').getAttribute('aria-pressed')).toBe('true');
  });

  it('offers changes rather than scenes', () => {
    const { root, draft } = composer({ card: card({ suggestions: ['a coast by day', 'night falls'] }) });
    button(root, 'night falls').click();
    expect(draft.text).toBe('night falls');
    expect(() => button(root, 'a coast by day')).toThrow();
  });

  it('offers whole prompts when the model has an open vocabulary', () => {
    const { root, draft } = composer({ card: card({ vocabulary: [] }) });
    button(root, 'a city in the rain').click();
    expect(draft.text).toBe('a city in the rain');
  });
});

describe('StatePicture', () => {
  const picture = (block: number, keyValueBytesPerBlock?: number) =>
    show(StatePicture, {
      session: session({ view: view({ block }), card: card(keyValueBytesPerBlock === undefined ? {} : { keyValueBytesPerBlock }) }),
    });

  it('shows the size of the state', () => {
    const size = picture(100).querySelector<HTMLElement>('[data-testid=state-bytes]')!;
    expect(size.textContent).toBe('1.94 MB');
    expect(size.dataset['bytes']).toBe('1943552');
  });

  it('compares with a KV cache only when the model says how it would grow', () => {
    expect(picture(100).textContent).not.toContain('KV cache');
    expect(picture(100, 1_943_552).textContent).toContain('100 times');
  });
});

describe('Badge', () => {
  it('says the state in words and as data', () => {
    const root = show(Badge, { session: session({ condition: 'offline', retryIn: 4 }) });
    const badge = root.querySelector<HTMLElement>('[data-testid=connection-state]')!;
    expect(badge.dataset['state']).toBe('offline');
    expect(badge.textContent).toContain('again in 4 s');
  });
});

describe('Invite', () => {
  const invite = (steering: boolean) =>
    show(Invite, { session: session(), steering, over: false });

  it('gives viewers a link without the key', () => {
    const link = invite(true).querySelector<HTMLAnchorElement>('[data-testid=viewer-link]')!;
    expect(link.href).toMatch(/\/watch\/one$/);
    expect(link.href).not.toContain('secret');
  });

  it('gives the link that steers only to those who may', () => {
    expect(invite(true).querySelector<HTMLAnchorElement>('[data-testid=director-link]')!.href).toMatch(/\/direct\/one#secret$/);
    expect(invite(false).querySelector('[data-testid=director-link]')).toBeNull();
  });
});

describe('Making', () => {
  const text = (changes: Parameters<typeof card>[0]) =>
    show(Making, { session: session({ view: view(), card: card(changes) }) }).textContent?.replace(/\s+/g, ' ') ?? '';

  it("shows the model's card: its size, its sizes, what a prompt means and the licence", () => {
    const shown = text({ parameters: 2_056_800_000, weightBytes: 9_560_000_000, sizes: ['448x896', '480x832'], promptSemantics: 'replace', license: 'NVIDIA' });
    expect(shown).toContain('2.06 B parameters, 9.56 GB of weights; licence NVIDIA; a prompt is the whole description; trained with pictures of 448x896, 480x832 (height first).');
  });

  it('leaves out what an older server does not say', () => {
    const shown = text({});
    expect(shown).toContain('11.0 M parameters; licence Apache-2.0; a cue changes what it names and keeps the rest.');
    expect(shown).not.toContain('weights');
  });
});
