import type * as Undici from 'undici';

/** Loads on the first request, so that an application without HTTP services does not pay for it; CommonJS in both builds, as undici is. */
export const loadUndici = (): Pick<typeof Undici, 'Agent'> => require('undici');
