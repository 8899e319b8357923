import { expect, it } from 'vitest';
import { errorOfHub } from '../src/hub.js';

it.each([
  ["An unexpected error occurred invoking 'Cue' on the server. HubException: There is no such session.", 'refused', 'There is no such session.'],
  ["An unexpected error occurred invoking 'Cue' on the server. HubException: 409 Block 3 is made already.", 'conflict', 'Block 3 is made already.'],
  ['HubException: 429 Too many requests from your address. Try again in 5 s.', 'overloaded', 'Too many requests from your address. Try again in 5 s.'],
  ['An error occurred on the server while streaming results. HubException: Gone: try another.', 'refused', 'Gone: try another.'],
  ['Failed to invoke \'Cue\' due to an error on the server.', 'failed', "Failed to invoke 'Cue' due to an error on the server."],
])('reads %s', (message, kind, sentence) => {
  const error = errorOfHub(new Error(message));
  expect(error.kind).toBe(kind);
  expect(error.message).toBe(sentence);
});
