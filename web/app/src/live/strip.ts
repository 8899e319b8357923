import type { SessionView } from '@sanalive/client';
import type { Barcode } from './barcode';
import { isWordless } from './cues';
import { flagsOf } from './flags';

/** Pixels of one block. */
export const UNIT = 14;
/** Where on the strip the present is. */
export const NOW = 0.62;
/** The flags' words, the band of colours, the numbers. */
const WORDS = 54;
const BAND = 40;
const NUMBERS = 22;
export const HEIGHT = WORDS + BAND + NUMBERS;
const ROWS = 2;
const INK = '#f4efe6';
const BOTTOM = WORDS + BAND;

export interface Moment {
  readonly view: SessionView;
  /** The block on screen, fractional: it stands still at NOW and everything else moves. */
  readonly position: number;
  /** The block that is being chosen for a cue. */
  readonly planned: number | null;
  readonly width: number;
  /** The page's accent. */
  readonly glow: string;
}

/** The block at the left end of the strip. */
export function leftEnd(position: number, width: number): number {
  return position - (width * NOW) / UNIT;
}

/**
 * Draws the schedule: what was seen in its own colours, what is to come as an even line, cues as flags, blends as ramps,
 * what is made and not yet shown as a shimmer. One small canvas, because a moving strip of elements costs ten times as much.
 */
export function drawStrip(to: CanvasRenderingContext2D, barcode: Barcode, moment: Moment): void {
  const { view, position, planned, width, glow } = moment;
  const from = leftEnd(position, width);
  const until = from + width / UNIT;
  const x = (block: number) => (block - from) * UNIT;
  const now = x(position);
  to.clearRect(0, 0, width, HEIGHT);

  to.save();
  to.translate(0, WORDS);
  to.beginPath();
  to.rect(0, 0, now, BAND);
  to.clip();
  barcode.draw(to, from, position, UNIT, BAND);
  to.restore();

  to.fillStyle = 'rgb(244 239 230 / 0.16)';
  for (let block = Math.max(0, Math.ceil(from)); block < until; block++) {
    // Over colours that were seen a tick is noise.
    if (block < position && barcode.knows(block)) continue;
    to.fillRect(x(block), WORDS + BAND * 0.34, 1, BAND * 0.32);
  }

  const lead = Math.max(0, view.block - position) * UNIT;
  if (lead > 1) {
    const shimmer = to.createLinearGradient(now, 0, now + lead, 0);
    shimmer.addColorStop(0, glow);
    shimmer.addColorStop(1, 'transparent');
    to.globalAlpha = 0.22;
    to.fillStyle = shimmer;
    to.fillRect(now, WORDS, lead, BAND);
    to.globalAlpha = 1;
  }

  // Controls move often: each change is a dot on the band, and flags are for words.
  to.fillStyle = INK;
  for (const cue of view.cues) {
    if (!isWordless(cue) || (cue.status !== 'applied' && cue.status !== 'accepted')) continue;
    if (cue.block < from || cue.block > until) continue;
    to.beginPath();
    to.arc(x(cue.block), WORDS - 6, 2, 0, 2 * Math.PI);
    to.fill();
  }

  const flags = flagsOf(view.cues.filter((cue) => !isWordless(cue)), from, until, UNIT);
  for (const { cue } of flags) {
    if (cue.blendBlocks === 0) continue;
    const ramp = to.createLinearGradient(x(cue.block), 0, x(cue.block + cue.blendBlocks), 0);
    ramp.addColorStop(0, 'rgb(255 255 255 / 0)');
    ramp.addColorStop(1, 'rgb(255 255 255 / 0.24)');
    to.fillStyle = ramp;
    to.beginPath();
    to.moveTo(x(cue.block), BOTTOM);
    to.lineTo(x(cue.block + cue.blendBlocks), WORDS);
    to.lineTo(x(cue.block + cue.blendBlocks), BOTTOM);
    to.fill();
  }

  to.font = `italic 15.5px 'Newsreader Variable', Georgia, serif`;
  to.textBaseline = 'middle';
  to.textAlign = 'left';
  to.lineWidth = 1.5;
  for (const { cue, row } of flags) {
    const coming = cue.status === 'accepted';
    const top = WORDS - (Math.min(row, ROWS - 1) + 1) * 24;
    to.strokeStyle = coming ? glow : INK;
    to.setLineDash(coming ? [4, 3] : []);
    to.beginPath();
    to.moveTo(x(cue.block), top);
    to.lineTo(x(cue.block), BOTTOM);
    to.stroke();
    if (row >= ROWS) continue;
    to.fillStyle = coming ? glow : INK;
    to.fillText(shortened(cue.prompt), x(cue.block) + 7, top + 12);
  }
  to.setLineDash([]);
  if (planned !== null) {
    to.strokeStyle = 'rgb(244 239 230 / 0.6)';
    to.beginPath();
    to.moveTo(x(planned), WORDS - 12);
    to.lineTo(x(planned), BOTTOM);
    to.stroke();
  }

  to.fillStyle = INK;
  to.fillRect(now - 1, WORDS, 2, BAND);
  to.font = `12px 'Hanken Grotesk Variable', sans-serif`;
  to.textAlign = 'center';
  to.fillStyle = 'rgb(244 239 230 / 0.78)';
  to.fillText('on screen', now, BOTTOM + 13);
  to.fillStyle = 'rgb(244 239 230 / 0.56)';
  for (let block = Math.max(0, Math.ceil(from / 10) * 10); block < until; block += 10) {
    if (Math.abs(x(block) - now) > 52) to.fillText(String(block), x(block), BOTTOM + 13);
  }

  // Both ends fade into the dark.
  to.globalCompositeOperation = 'destination-in';
  const ends = to.createLinearGradient(0, 0, width, 0);
  ends.addColorStop(0, 'transparent');
  ends.addColorStop(0.07, '#000');
  ends.addColorStop(0.93, '#000');
  ends.addColorStop(1, 'transparent');
  to.fillStyle = ends;
  to.fillRect(0, 0, width, HEIGHT);
  to.globalCompositeOperation = 'source-over';
}

function shortened(words: string): string {
  return words.length > 28 ? `${words.slice(0, 26).trimEnd()}…` : words;
}
