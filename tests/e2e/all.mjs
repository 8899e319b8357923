// One process, one file after another: the suites share two cores with the model and must not run at once.
await import('./stream.mjs');
await import('./steer.mjs');
await import('./viewers.mjs');
await import('./queue.mjs');
await import('./loss.mjs');
await import('./clients.mjs');
await import('./move.mjs');
await import('./kill.mjs');
await import('./moments.mjs');
