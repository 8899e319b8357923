import { expect, it } from 'vitest';
import { ViewOrder } from '../src/index.js';
import { view } from './samples.js';

it('lets a newer view pass and drops an older one and the same one', () => {
  const order = new ViewOrder();
  expect(order.accept(view({ version: 5 }))).toBe(true);
  expect(order.accept(view({ version: 4, block: 99 }))).toBe(false);
  expect(order.accept(view({ version: 5, block: 99 }))).toBe(false);
  expect(order.accept(view({ version: 6 }))).toBe(true);
  expect(order.latest?.version).toBe(6);
});

it('does not compare versions of different sessions', () => {
  const order = new ViewOrder();
  order.accept(view({ id: 'one', version: 50 }));
  expect(order.accept(view({ id: 'two', version: 1 }))).toBe(true);
});
