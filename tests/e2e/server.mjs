// Starts the server as a person does, with ./sanalive run, and ends it as an operator does, with SIGTERM.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer();
  probe.on('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

/** A server that runs already. */
export const serverAt = (url) => ({
  url,
  async api(method, path, body, key) {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key ? { authorization: `Bearer ${key}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  },
  stop: async () => {},
});

/** Starts a server and resolves once it says that the stream can be watched. Without --data it keeps nothing. */
export async function startServer(...options) {
  const kept = options.includes('--data') ? [] : ['--data', 'none'];
  return serve(join(root, 'sanalive'), ['run', '--port', String(await freePort()), ...kept, ...options]);
}

/** Starts a server that was there before, at the same address. Nothing is built: this is what a supervisor does. */
export const startAgain = (server, ...options) =>
  serve('dotnet', [join(root, 'web/SanaLive.Web/bin/Release/net10.0/SanaLive.Web.dll'), '--port', new URL(server.url).port, ...options]);

async function serve(program, args) {
  const started = performance.now();
  const child = spawn(program, args, { cwd: root });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready after 180 s:\n${output}`)), 180_000);
    const read = (chunk) => {
      output += chunk;
      const ready = /SanaLive is ready: (http:\S+)/.exec(output);
      if (ready) {
        clearTimeout(timer);
        resolve(ready[1].replace(/\/$/, ''));
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return {
    ...serverAt(url),
    readyAfter: (performance.now() - started) / 1000,
    output: () => output,
    pid: child.pid,
    kill: () => new Promise((resolve) => {
      child.on('exit', resolve);
      child.kill('SIGKILL');
    }),
    stop: () => new Promise((resolve) => {
      if (child.exitCode !== null) return resolve(child.exitCode);
      child.on('exit', resolve);
      child.kill('SIGTERM');
    }),
  };
}
