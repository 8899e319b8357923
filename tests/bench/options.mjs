// What a benchmark is told on its command line; what it takes is gone from it, and the rest is left to others.

export function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv.splice(at, 2)[1] ?? '';
}

export function number(name, otherwise) {
  const value = option(name);
  if (value === undefined) return otherwise;
  if (!/^[1-9]\d*$/.test(value)) throw new Error(`${name} takes a number from 1 on, not ${value}`);
  return Number(value);
}
