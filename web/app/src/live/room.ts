import { COLUMNS, lightOf, nearestTurn, ROWS, type Light } from './light';

/** Milliseconds between two looks at the picture. */
const LOOK = 240;
/** Milliseconds between two changes of the page's colours: each one styles the whole page anew. */
const TINT = 700;

/**
 * Lets the picture light the room: a glow around the screen, the page's accent colour, and the colours that the timeline
 * remembers. All of it from a few pixels, so that it costs next to nothing also where no GPU draws.
 */
export class Room {
  readonly #reader: CanvasRenderingContext2D | null;
  readonly #glow: CanvasRenderingContext2D | null;
  /** The last seconds' pictures over each other. */
  readonly #memory: CanvasRenderingContext2D | null;
  readonly #root = document.documentElement;
  #lookedAt = -Infinity;
  #tintedAt = -Infinity;
  #hue = 68;
  #chroma = 0.13;

  constructor(glow: HTMLCanvasElement) {
    const small = document.createElement('canvas');
    small.width = COLUMNS;
    small.height = ROWS;
    this.#reader = small.getContext('2d', { willReadFrequently: true });
    this.#glow = glow.getContext('2d');
    const memory = document.createElement('canvas');
    memory.width = glow.width;
    memory.height = glow.height;
    this.#memory = memory.getContext('2d');
  }

  /** The light of the video's present frame, now and then; null in between. */
  look(video: HTMLVideoElement, now: number): Light | null {
    const reader = this.#reader;
    if (!reader || now - this.#lookedAt < LOOK) return null;
    this.#lookedAt = now;
    reader.drawImage(video, 0, 0, COLUMNS, ROWS);
    const light = lightOf(reader.getImageData(0, 0, COLUMNS, ROWS).data);
    this.#shine(reader.canvas);
    this.#tint(light, now);
    return light;
  }

  dispose(): void {
    this.#root.style.removeProperty('--hue');
    this.#root.style.removeProperty('--chroma');
  }

  #shine(picture: HTMLCanvasElement): void {
    const glow = this.#glow;
    const memory = this.#memory;
    if (!glow || !memory) return;
    const { width, height } = glow.canvas;
    // Each picture is laid over the last ones, so that the light in the room changes slower than the screen.
    memory.globalAlpha = 0.24;
    memory.drawImage(picture, 0, 0, width, height);
    glow.globalCompositeOperation = 'copy';
    glow.drawImage(memory.canvas, 0, 0);
    // It fades out towards the walls. Here, in a few pixels, and not as a mask over a whole window.
    glow.globalCompositeOperation = 'destination-in';
    glow.save();
    glow.scale(width / 2, height / 2);
    const fade = glow.createRadialGradient(1, 1, 0, 1, 1, 1);
    fade.addColorStop(0.5, 'rgb(0 0 0 / 0.9)');
    fade.addColorStop(0.72, 'rgb(0 0 0 / 0.5)');
    fade.addColorStop(0.88, 'rgb(0 0 0 / 0.13)');
    fade.addColorStop(1, 'rgb(0 0 0 / 0)');
    glow.fillStyle = fade;
    glow.fillRect(0, 0, 2, 2);
    glow.restore();
  }

  #tint(light: Light, now: number): void {
    if (now - this.#tintedAt < TINT) return;
    this.#tintedAt = now;
    const target = light.chroma > 0.02 ? nearestTurn(this.#hue, light.hue) : this.#hue;
    const hue = this.#hue + (target - this.#hue) * 0.5;
    const chroma = Math.min(0.14, 0.03 + light.chroma);
    if (Math.abs(hue - this.#hue) >= 1.5) {
      this.#hue = hue;
      this.#root.style.setProperty('--hue', hue.toFixed(0));
    }
    if (Math.abs(chroma - this.#chroma) >= 0.01) {
      this.#chroma = chroma;
      this.#root.style.setProperty('--chroma', chroma.toFixed(2));
    }
  }
}
