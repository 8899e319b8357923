/**
 * Draws the small picture large: Catmull-Rom interpolation instead of the browser's bilinear one, a little contrast at the
 * edges, and a trace of moving grain that hides the softness. Only where a real GPU does it: without one the plain
 * `<video>` below is shown and nothing is lost.
 */
export class Upscaler {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGLRenderingContext;
  readonly #program: WebGLProgram;
  readonly #texture: WebGLTexture;
  readonly #size: WebGLUniformLocation | null;
  readonly #time: WebGLUniformLocation | null;
  #lost = false;
  #frames = 0;

  static create(canvas: HTMLCanvasElement): Upscaler | null {
    const forced = new URLSearchParams(location.search).has('upscale');
    const gl = canvas.getContext('webgl', {
      alpha: false,
      antialias: false,
      depth: false,
      failIfMajorPerformanceCaveat: !forced,
      powerPreference: 'low-power',
    });
    if (!gl || (!forced && drawnBySoftware(gl))) return null;
    const program = link(gl);
    const texture = gl.createTexture();
    return program && texture ? new Upscaler(canvas, gl, program, texture) : null;
  }

  private constructor(canvas: HTMLCanvasElement, gl: WebGLRenderingContext, program: WebGLProgram, texture: WebGLTexture) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#program = program;
    this.#texture = texture;
    this.#size = gl.getUniformLocation(program, 'size');
    this.#time = gl.getUniformLocation(program, 'time');
    canvas.addEventListener('webglcontextlost', () => (this.#lost = true));
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
    const corner = gl.getAttribLocation(program, 'corner');
    gl.enableVertexAttribArray(corner);
    gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
  }

  /** True when the canvas now holds the video's present frame. */
  draw(video: HTMLVideoElement): boolean {
    const gl = this.#gl;
    if (this.#lost || video.videoWidth === 0) return false;
    const scale = Math.min(devicePixelRatio || 1, 2);
    const width = Math.round(this.#canvas.clientWidth * scale);
    const height = Math.round(this.#canvas.clientHeight * scale);
    if (width === 0 || height === 0) return false;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      gl.viewport(0, 0, width, height);
    }
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, video);
    gl.useProgram(this.#program);
    gl.uniform2f(this.#size, video.videoWidth, video.videoHeight);
    gl.uniform1f(this.#time, this.#frames++ % 256);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return true;
  }

  dispose(): void {
    this.#lost = true;
    this.#gl.deleteTexture(this.#texture);
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

const VERTEX = `
attribute vec2 corner;
varying vec2 uv;
void main() { uv = corner * 0.5 + 0.5; gl_Position = vec4(corner, 0.0, 1.0); }`;

// Catmull-Rom in nine bilinear reads (the two middle columns and rows share one), then an unsharp step that is clamped to
// the colours nearby, so that edges gain contrast without halos.
const FRAGMENT = `
precision highp float;
varying vec2 uv;
uniform sampler2D picture;
uniform vec2 size;
uniform float time;

vec3 at(vec2 p) { return texture2D(picture, p / size).rgb; }

vec3 catmullRom(vec2 p) {
  vec2 base = floor(p - 0.5) + 0.5;
  vec2 f = p - base;
  vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
  vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
  vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f));
  vec2 w3 = f * f * (-0.5 + 0.5 * f);
  vec2 w12 = w1 + w2;
  vec2 p0 = base - 1.0;
  vec2 p12 = base + w2 / w12;
  vec2 p3 = base + 2.0;
  vec3 c = vec3(0.0);
  c += at(vec2(p0.x, p0.y)) * w0.x * w0.y + at(vec2(p12.x, p0.y)) * w12.x * w0.y + at(vec2(p3.x, p0.y)) * w3.x * w0.y;
  c += at(vec2(p0.x, p12.y)) * w0.x * w12.y + at(vec2(p12.x, p12.y)) * w12.x * w12.y + at(vec2(p3.x, p12.y)) * w3.x * w12.y;
  c += at(vec2(p0.x, p3.y)) * w0.x * w3.y + at(vec2(p12.x, p3.y)) * w12.x * w3.y + at(vec2(p3.x, p3.y)) * w3.x * w3.y;
  return c;
}

float noise(vec2 p) { return fract(52.9829189 * fract(dot(p + time * vec2(5.588, 3.137), vec2(0.06711056, 0.00583715)))); }

void main() {
  vec2 p = uv * size;
  vec3 c = catmullRom(p);
  vec3 n = at(p + vec2(0.0, 1.0)), s = at(p - vec2(0.0, 1.0)), e = at(p + vec2(1.0, 0.0)), w = at(p - vec2(1.0, 0.0));
  vec3 low = min(min(n, s), min(e, w)), high = max(max(n, s), max(e, w));
  vec3 sharp = c + 0.55 * (c - 0.25 * (n + s + e + w));
  c = clamp(sharp, min(low, c), max(high, c));
  c += (noise(gl_FragCoord.xy) - 0.5) * 0.022;
  gl_FragColor = vec4(c, 1.0);
}`;

/** The performance caveat is not told by every browser; the renderer's name is. */
function drawnBySoftware(gl: WebGLRenderingContext): boolean {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

function link(gl: WebGLRenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  if (!program) return null;
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}
