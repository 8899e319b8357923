/** 1,940,000 → "1.94 MB": decimal units, three figures. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${figures(rest, unit === 0)} ${units[unit]}`;
}

function figures(value: number, whole: boolean): string {
  if (whole || value >= 100) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Seconds of media time → "1:02:03" or "2:03". */
export function clock(seconds: number): string {
  const all = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/** 12,400,000 → "12.4 M". */
export function count(value: number): string {
  if (value >= 1e9) return `${figures(value / 1e9, false)} B`;
  if (value >= 1e6) return `${figures(value / 1e6, false)} M`;
  return value.toLocaleString('en');
}

/** "1 block", "3 blocks". */
export function plural(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
}

/** 0.6123 → "0.61 s"; below a tenth of a second in milliseconds. */
export function seconds(value: number): string {
  return value < 0.1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} s`;
}
