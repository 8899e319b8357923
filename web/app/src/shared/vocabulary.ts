import type { VocabularyAttribute } from '@sanalive/client';

/** True when `text` names `value` as a whole word or words. */
export function names(text: string, value: string): boolean {
  return pattern(value).test(text);
}

/**
 * The text after the chip `value` was pressed: taken out when it is there already, put in the place of another value of the
 * same attribute when one is there, otherwise added at the end.
 */
export function withValue(text: string, attribute: VocabularyAttribute, value: string): string {
  if (names(text, value)) return tidy(text.replace(pattern(value), ''));
  for (const other of longestFirst(attribute.values)) {
    if (names(text, other)) return tidy(text.replace(pattern(other), value));
  }
  const before = tidy(text);
  return before === '' ? value : `${before}, ${value}`;
}

/** The values of every attribute that `meaning` names: what is in force. */
export function inForce(meaning: string, vocabulary: readonly VocabularyAttribute[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const attribute of vocabulary) {
    for (const value of attribute.values) if (names(meaning, value)) found.add(`${attribute.name}\n${value}`);
  }
  return found;
}

/** How many attributes of the model a prompt names: many in one that sets a scene, few or none in one that changes it. */
export function named(prompt: string, vocabulary: readonly VocabularyAttribute[]): number {
  return vocabulary.filter((attribute) => attribute.values.some((value) => names(prompt, value))).length;
}

function longestFirst(values: readonly string[]): string[] {
  return [...values].sort((a, b) => b.length - a.length);
}

function pattern(value: string): RegExp {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}-])${escaped}(?![\\p{L}\\p{N}-])`, 'iu');
}

function tidy(text: string): string {
  return text
    .replace(/\s*,(\s*,)+/g, ',')
    .replace(/\s+/g, ' ')
    .replace(/\s+,/g, ',')
    .replace(/^[\s,]+|[\s,]+$/g, '');
}
