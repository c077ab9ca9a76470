// The version of the program, which the bundler puts in place of PARLEY_VERSION.

declare const PARLEY_VERSION: string | undefined;

/** The released version, or `dev` where the program runs from its sources. */
export const version: string = typeof PARLEY_VERSION === 'string' ? PARLEY_VERSION : 'dev';
