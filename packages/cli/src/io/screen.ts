// What the place we write to can show: colours, and characters beyond ASCII.

export interface Screen {
  readonly color: boolean;
  /** False where the locale names another encoding than UTF-8. */
  readonly unicode: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `wanted` is false for --no-color. */
export function screenOf(env: Environment, terminal: boolean, wanted: boolean): Screen {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return { color: terminal && wanted && !refused, unicode: isUnicode(env) };
}

/** By POSIX the first of these that is not empty decides; where none is set nothing speaks against UTF-8. */
function isUnicode(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => (value ?? '') !== '',
  );
  return locale === undefined || /utf-?8/iu.test(locale);
}

const beyondAscii = /[^\0-\x7f]/gu;

/** Text as this screen can show it. */
export function shownOn(screen: Screen, text: string): string {
  return screen.unicode ? text : text.replace(beyondAscii, '?');
}
