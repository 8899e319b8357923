// A headless Chromium and what one can see in it.
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];

const executable = () =>
  execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome']).toString().trim();

export const launch = () => chromium.launch({ executablePath: executable(), headless: true, args: flags });

/** Opens an address in a fresh profile; `errors` collects what the page complains about. */
export async function open(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(`${message.text()} ${message.location().url}`));
  await page.goto(url);
  return { page, errors, close: () => context.close() };
}

export const playing = (page) =>
  page.waitForFunction(() => document.querySelector('[data-testid=video]')?.currentTime > 0.2, null, { timeout: 20_000 });

/** Watches the video for some seconds: frames decoded and dropped, and the longest time without a new picture. */
export const watch = (page, seconds) => page.evaluate(async (duration) => {
  const video = document.querySelector('[data-testid=video]');
  const before = video.getVideoPlaybackQuality();
  const start = performance.now();
  let last = start;
  let longestGap = 0;
  let shown = 0;
  let watching = true;
  const onFrame = (now) => {
    if (!watching) return;
    longestGap = Math.max(longestGap, now - last);
    last = now;
    shown++;
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  await new Promise((resolve) => setTimeout(resolve, duration * 1000));
  watching = false;
  const elapsed = (performance.now() - start) / 1000;
  longestGap = Math.max(longestGap, performance.now() - last);
  const after = video.getVideoPlaybackQuality();
  return {
    elapsed,
    shown,
    framesPerSecond: (after.totalVideoFrames - before.totalVideoFrames) / elapsed,
    dropped: after.droppedVideoFrames - before.droppedVideoFrames,
    longestGap: longestGap / 1000,
  };
}, seconds);

/** Mean brightness of the picture now, 0 to 255. */
export const brightness = (page) => page.evaluate(() => {
  const video = document.querySelector('[data-testid=video]');
  const canvas = document.createElement('canvas');
  canvas.width = 64;
  canvas.height = 36;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(video, 0, 0, 64, 36);
  const { data } = context.getImageData(0, 0, 64, 36);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2];
  return sum / (data.length / 4);
});
