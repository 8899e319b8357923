import type { ControlValue, ControlValues, ModelControl } from '@sanalive/client';

/** A control that is a number in a range; the model's card is not trusted to be whole. */
export interface NumberControl {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly unit: string;
  /** What one press of a key changes. */
  readonly step: number;
}

export interface ChoiceControl {
  readonly name: string;
  readonly values: readonly string[];
}

/** How a model's controls are shown: some have a form of their own, whatever else there is gets a plain one. */
export interface ControlPlan {
  /** The hour of the day, round the clock. */
  readonly hour: NumberControl | null;
  readonly speed: NumberControl | null;
  /** One with `left` and `right` among its values. */
  readonly direction: ChoiceControl | null;
  readonly numbers: readonly NumberControl[];
  readonly choices: readonly ChoiceControl[];
}

export function planOf(controls: readonly ModelControl[]): ControlPlan {
  const numbers = controls.flatMap((control) => numberOf(control) ?? []);
  const choices = controls.flatMap((control) => choiceOf(control) ?? []);
  const hour = numbers.find((control) => control.name === 'hour' && control.minimum === 0 && control.maximum === 24) ?? null;
  const speed = numbers.find((control) => control.name === 'speed') ?? null;
  const direction = choices.find(({ name, values }) => name === 'direction' && values.includes('left') && values.includes('right')) ?? null;
  // What a number sets already needs no choice beside it (the hour: `time`).
  const covered = new Set(controls.filter((control) => control.type === 'number').map((control) => control.attribute));
  const attributeOf = (name: string) => controls.find((control) => control.name === name)?.attribute ?? name;
  return {
    hour,
    speed,
    direction,
    numbers: numbers.filter((control) => control !== hour && control !== speed),
    choices: choices.filter((control) => control !== direction && !covered.has(attributeOf(control.name))),
  };
}

/** What an arrow key sets: up and down a step of speed, left and right the direction. Null when it sets nothing (here, or any more). */
export function steerByKey(key: string, plan: ControlPlan, values: ControlValues): { name: string; value: ControlValue } | null {
  if (plan.speed && (key === 'ArrowUp' || key === 'ArrowDown')) {
    const { name, minimum, maximum, step } = plan.speed;
    const now = numberIn(values, plan.speed);
    const value = Math.min(maximum, Math.max(minimum, now + (key === 'ArrowUp' ? step : -step)));
    return value === now ? null : { name, value };
  }
  if (plan.direction && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const value = key === 'ArrowLeft' ? 'left' : 'right';
    return values[plan.direction.name] === value ? null : { name: plan.direction.name, value };
  }
  return null;
}

/** The number that a control has now; the middle of its range while nobody knows. */
export function numberIn(values: ControlValues, control: NumberControl): number {
  const value = values[control.name];
  return typeof value === 'number' ? value : (control.minimum + control.maximum) / 2;
}

/** 16.5 → "16:30". */
export function timeOfDay(hour: number): string {
  const minutes = Math.round(hour * 60) % 1440;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function numberOf({ name, type, minimum, maximum, unit }: ModelControl): NumberControl | null {
  if (type !== 'number' || minimum == null || maximum == null || minimum >= maximum) return null;
  return { name, minimum, maximum, unit: unit ?? '', step: (maximum - minimum) / 10 };
}

function choiceOf({ name, type, values }: ModelControl): ChoiceControl | null {
  return type === 'choice' && values && values.length > 0 ? { name, values } : null;
}
