import type { ControlValue, ControlValues, ModelControl, SessionView } from '@sanalive/client';

interface Entry {
  readonly value: ControlValue;
  /** Of the cue that carries it; null while none does. */
  readonly clientId: string | null;
  /** A view has shown that cue: when it is not in a later one, it is done with and forgotten. */
  readonly seen?: boolean;
}

/** What this page has set and the stream does not show yet, so that a knob stays where the hand put it. */
export class Steered {
  readonly #entries = new Map<string, Entry>();

  get values(): ControlValues {
    return Object.fromEntries([...this.#entries].map(([name, entry]) => [name, entry.value]));
  }

  set(name: string, value: ControlValue, controls: readonly ModelControl[]): void {
    for (const other of rivals(name, controls)) this.#entries.delete(other);
    this.#entries.set(name, { value, clientId: null });
  }

  /** A cue with these values is on its way. One that was set anew meanwhile waits for its own. */
  sent(values: ControlValues, clientId: string): void {
    for (const [name, value] of Object.entries(values)) {
      if (this.#entries.get(name)?.value === value) this.#entries.set(name, { value, clientId });
    }
  }

  refused(clientId: string): void {
    for (const [name, entry] of this.#entries) if (entry.clientId === clientId) this.#entries.delete(name);
  }

  /** A value whose cue was applied, or will never be, is the view's business from here on. */
  view(view: SessionView): void {
    for (const [name, entry] of this.#entries) {
      const cue = entry.clientId === null ? undefined : view.cues.find((receipt) => receipt.clientId === entry.clientId);
      if (cue ? cue.status !== 'accepted' : entry.seen) this.#entries.delete(name);
      else if (cue && !entry.seen) this.#entries.set(name, { ...entry, seen: true });
    }
  }
}

/** The values in force with those over them that were set here: a set `hour` takes the place of the `time` in force. */
export function overlaid(inForce: ControlValues, set: ControlValues, controls: readonly ModelControl[]): ControlValues {
  const values: Record<string, ControlValue> = { ...inForce };
  for (const name of Object.keys(set)) for (const other of rivals(name, controls)) delete values[other];
  return { ...values, ...set };
}

/** The other controls of the same attribute. */
function rivals(name: string, controls: readonly ModelControl[]): string[] {
  const attribute = controls.find((control) => control.name === name)?.attribute;
  return controls.filter((control) => control.name !== name && control.attribute === attribute).map((control) => control.name);
}
