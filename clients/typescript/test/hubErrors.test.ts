import { expect, it } from 'vitest';
import { errorOfHub } from '../src/hub.js';

it.each([
  ["An unexpected error occurred invoking 'Cue' on the server. HubException: There is no such session.", 'refused', 'There is no such session.'],
  ['An error occurred on the server while streaming results. HubException: Gone: try another.', 'refused', 'Gone: try another.'],
  ['Failed to invoke \'Cue\' due to an error on the server.', 'failed', "Failed to invoke 'Cue' due to an error on the server."],
])('reads %s', (message, kind, sentence) => {
  const error = errorOfHub(new Error(message));
  expect(error.kind).toBe(kind);
  expect(error.message).toBe(sentence);
});
