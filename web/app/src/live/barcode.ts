import { ROWS, type Light } from './light';

/** Columns of colour per block. */
const PER_BLOCK = 2;
const WIDTH = 1024;
const LONGEST_GAP = 6;

/** The stream's colours over time: one thin column for each half block that was seen, the newest 512 blocks. */
export class Barcode {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  #last = -1;
  /** Which column of the stream each column of the canvas holds. */
  readonly #holds = new Float64Array(WIDTH).fill(-1);

  constructor() {
    this.#canvas = document.createElement('canvas');
    this.#canvas.width = WIDTH;
    this.#canvas.height = ROWS;
    this.#context = this.#canvas.getContext('2d');
  }

  /** Remembers what the screen shows at `block` (fractional). */
  add(block: number, light: Light): void {
    const context = this.#context;
    if (!context) return;
    const column = Math.floor(block * PER_BLOCK);
    // A busy browser skips a column now and then; what was left out looked like what is there now.
    const from = column > this.#last && column - this.#last <= LONGEST_GAP ? this.#last + 1 : column;
    this.#last = column;
    light.rows.forEach(([r, g, b], y) => {
      context.fillStyle = `rgb(${r | 0} ${g | 0} ${b | 0})`;
      for (let at = from; at <= column; at++) context.fillRect(at % WIDTH, y, 1, 1);
    });
    for (let at = from; at <= column; at++) this.#holds[at % WIDTH] = at;
  }

  /** True when the beginning of this block was seen. */
  knows(block: number): boolean {
    const column = Math.floor(block * PER_BLOCK);
    return this.#holds[column % WIDTH] === column;
  }

  /** Draws the blocks from `from` on, `unit` pixels each, as far as they were seen. */
  draw(target: CanvasRenderingContext2D, from: number, to: number, unit: number, height: number): void {
    const width = unit / PER_BLOCK;
    target.imageSmoothingEnabled = true;
    for (let column = Math.max(0, Math.floor(from * PER_BLOCK)); column < to * PER_BLOCK; column++) {
      const x = column % WIDTH;
      if (this.#holds[x] !== column) continue;
      // Drawn row by row through the browser's own interpolation: ROWS colours become one smooth fall of light.
      target.drawImage(this.#canvas, x, 0, 1, ROWS, column * width - from * unit, 0, width + 0.6, height);
    }
  }
}
